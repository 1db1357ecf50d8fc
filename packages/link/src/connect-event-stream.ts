import * as closeCodes from "./close-codes.ts";
import { maxFrameBytes } from "./frames.ts";
import { holdUntilListened } from "./hold-until-listened.ts";
import { isJsonObject } from "./is-json-object.ts";
import type { JsonObject } from "./is-json-object.ts";
import type { Socket } from "./socket.ts";

/** Where the two halves of a link over plain HTTP are. */
export interface EventStreamAddress {
  /** `GET` here is the stream of {@link createEventStreams}; `after` and `comments` are added to its query. */
  readonly eventsUrl: string;
  /** `POST` here takes `{id, ...body}` of a say and answers with the body of its reply. */
  readonly sayUrl: string;
  /** Headers of every request, for example `authorization`. Default: none, cookies say who it is. */
  readonly headers?: Readonly<Record<string, string>>;
}

// Well below the 2,000 ms after which a quiet server is asked.
const commentMs = 1_500;

/** Dresses an event stream and POSTs as a {@link Socket}, for where WebSockets do not pass. [LK39]
 *
 * Opens at the hello. Says go one after the other, each when the one before is answered; questions end `offline`.
 * A 4xx refuses a say; 401 and 403 end the connection; 408, 429, 5xx and no answer leave it to be said again. */
export function connectEventStream(address: EventStreamAddress): Socket {
  const { eventsUrl, sayUrl, headers = {} } = address;
  const hold = holdUntilListened();
  const gone = new AbortController();
  let line = Promise.resolve();
  let waitingBytes = 0;
  let hasBeat = true;

  const tell = (frame: object): void => hold.onMessage(JSON.stringify(frame));
  const end = (code: number, reason: string): void => {
    gone.abort();
    hold.onClose(code, reason);
  };
  const lose = (reason: unknown): void => end(closeCodes.lost, String(reason));

  const follow = async (after: unknown): Promise<void> => {
    const query = `comments=${commentMs}${typeof after === "string" ? `&after=${encodeURIComponent(after)}` : ""}`;
    const response = await fetch(`${eventsUrl}${eventsUrl.includes("?") ? "&" : "?"}${query}`, {
      headers: { accept: "text/event-stream", ...headers },
      cache: "no-store",
      signal: gone.signal,
    });
    if (!response.ok || response.body === null) return lose(`the stream was refused with ${response.status}`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      hold.onAlive();
      const blocks = (rest + part.value).split("\n\n");
      rest = blocks.pop() ?? "";
      blocks.forEach(take);
      if (rest.length > maxFrameBytes) return end(closeCodes.size, "an event is too large");
    }
    return lose("the stream ended");
  };
  const take = (block: string): void => {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
    const data = field("data");
    if (data === undefined) return;
    const body: unknown = JSON.parse(data);
    if (!isJsonObject(body)) throw new Error("an event is no object");
    const seq = field("id")?.split(":")[1];
    if (seq !== undefined) return tell({ ...body, t: "event", seq: Number(seq) });
    hasBeat = body["commentMs"] === commentMs;
    return tell({ ...body, t: field("event") });
  };

  const post = async (id: unknown, body: JsonObject): Promise<void> => {
    const response = await fetch(sayUrl, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ ...body, id }),
      signal: gone.signal,
    });
    const { status } = response;
    if (status === 401 || status === 403) return lose(`the say was refused with ${status}`);
    if (status >= 500 || status === 408 || status === 429) {
      const waitMs = Number(response.headers.get("retry-after")) * 1_000;
      const later = waitMs > 0 ? { retryAfterMs: waitMs } : {};
      return tell({ t: "error", id, code: "busy", message: `the server answered ${status}`, ...later });
    }
    const answer = (await response.json()) as JsonObject;
    return tell(response.ok ? { ...answer, t: "reply", id } : { ...(answer["error"] as object), t: "error", id });
  };
  const say = (text: string, id: unknown, body: JsonObject): void => {
    waitingBytes += text.length;
    line = line
      .then(() => (gone.signal.aborted ? undefined : post(id, body)))
      .catch(lose)
      .then(() => {
        waitingBytes -= text.length;
        hold.onDrain();
      });
  };

  return {
    listen: hold.listen,
    send(text) {
      const { t, id, after, ...body } = JSON.parse(text) as JsonObject;
      if (t === "hello") follow(after).catch(lose);
      else if (t === "say") say(text, id, { ...body, ...(after === undefined ? {} : { after }) });
      else if (t === "ask") tell({ t: "answer", id, error: { code: "offline", message: "no questions over HTTP" } });
      // A server that writes no comments of its own accord cannot be asked for a sign of life.
      else if (t === "ping" && !hasBeat) tell({ t: "pong" });
    },
    close: end,
    bufferedBytes: () => waitingBytes,
  };
}
