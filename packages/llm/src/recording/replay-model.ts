import type { Clock } from "@kingly/runtime";
import { checkStream } from "../check-stream.ts";
import { LlmError } from "../llm-error.ts";
import type { Model, ModelEvent, ModelRequest } from "../model.ts";
import { wait } from "../wait.ts";
import { withDeadline } from "../with-deadline.ts";
import { createOrdinals } from "./recording.ts";
import type { Recording, TextStore } from "./recording.ts";

/** How a replay speaks. */
export interface ReplayOptions {
  /** The name of the model that was recorded; it is a part of the key. */
  readonly name: string;
  /** "recorded": each event at its time; "at_once": without waiting. @default "at_once" */
  readonly pace?: "recorded" | "at_once";
}

/** Creates a model that answers as a recorded one did, failures included, without any network. [L28]
 *
 * A request that was not recorded throws `not_recorded`; nothing is made up. Keeps the rules L1 to L6. */
export function replayModel(
  deps: { readonly clock: Clock; readonly store: Pick<TextStore, "read"> },
  options: ReplayOptions,
): Model {
  const { name, pace = "at_once" } = options;
  const keyOf = createOrdinals();

  async function* perform(request: ModelRequest): AsyncGenerator<ModelEvent> {
    const key = await keyOf(name, request);
    const text = await deps.store.read(key);
    if (text === undefined) {
      throw new LlmError("not_recorded", `The model ${name} has no recording ${key}. Record this request first.`);
    }
    const recording = parse(name, key, text);
    let passedMs = 0;
    for (const { atMs, event } of recording.events) {
      if (pace === "recorded") await wait(deps.clock, atMs - passedMs, request.signal);
      if (request.signal?.aborted) return;
      passedMs = atMs;
      yield event;
    }
    const { error } = recording;
    if (error !== undefined) throw new LlmError(error.code, error.message, { retryAfterMs: error.retryAfterMs });
  }
  return withDeadline({ name, stream: (request) => checkStream(name, request, perform(request)) }, deps);
}

function parse(name: string, key: string, text: string): Recording {
  try {
    const recording = JSON.parse(text) as Recording;
    if (recording.version === 1 && Array.isArray(recording.events)) return recording;
  } catch {
    // Told below.
  }
  throw new LlmError("not_recorded", `The recording ${key} of ${name} cannot be read. Record this request again.`);
}
