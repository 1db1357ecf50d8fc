import { createParser } from "eventsource-parser";
import { LlmError } from "../llm-error.ts";

// One event holds one piece of an answer; a tool's whole input may be one.
const maxBufferSize = 4 * 1024 * 1024;

/** Reads the data of each server-sent event of a body, in order. Ends with the body; leaving early cancels it.
 *
 * Throws {@link LlmError} `bad_response` for an event of more than 4 MiB. */
export async function* readSse(name: string, body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let ready: string[] = [];
  let isTooLong = false;
  const parser = createParser({
    maxBufferSize,
    onEvent: ({ data }) => void ready.push(data),
    // Lines that mean nothing are passed over, as a browser does.
    onError: ({ type }) => {
      isTooLong ||= type === "max-buffer-size-exceeded";
    },
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      parser.feed(done ? `${decoder.decode()}\n\n` : decoder.decode(value, { stream: true }));
      const events = ready;
      ready = [];
      yield* events;
      if (isTooLong) throw new LlmError("bad_response", `The model ${name} sent an event without end. Ask again.`);
      if (done) return;
    }
  } finally {
    // Whoever leaves early wants no more of it; a body that has ended does not mind.
    void reader.cancel().then(undefined, () => {});
  }
}
