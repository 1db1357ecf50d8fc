import type { Clock } from "@kingly/runtime";
import { redact } from "../http/http-failure.ts";
import { LlmError } from "../llm-error.ts";
import type { Model, ModelEvent, ModelRequest } from "../model.ts";
import { createOrdinals } from "./recording.ts";
import type { Recording, TextStore } from "./recording.ts";

// What looks like a key is one, wherever it came from.
const keyLike = /\b(?:sk|pk|rk|ghp|gho|xox[abps])[-_][A-Za-z0-9_-]{8,}|\bBearer\s+[A-Za-z0-9._~+/-]{8,}=*/g;

/** Records every answer of a model that came to its end, or failed; a cancelled one is nobody's. [L28]
 *
 * Requests are kept as digests only. In answers every one of `secrets`, and what looks like a key, becomes `[secret]`.
 * The text is written before the stream ends; a store that fails makes the stream fail. */
export function recordModel(
  model: Model,
  deps: { readonly clock: Clock; readonly store: TextStore },
  options: {
    /** @default none */
    readonly secrets?: readonly string[];
  } = {},
): Model {
  const keyOf = createOrdinals();
  const { secrets = [] } = options;
  const write = async (key: Promise<string>, recording: Recording): Promise<void> => {
    const text = redact(JSON.stringify(recording), secrets.map(asInJson)).replaceAll(keyLike, "[secret]");
    await deps.store.write(await key, `${text}\n`);
  };
  async function* stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
    const key = keyOf(model.name, request);
    const startedAtMs = deps.clock.monotonicMs();
    const events: { atMs: number; event: ModelEvent }[] = [];
    const recording = { version: 1, model: model.name, events } as const;
    try {
      for await (const event of model.stream(request)) {
        events.push({ atMs: Math.round(deps.clock.monotonicMs() - startedAtMs), event });
        if (event.kind === "done" && event.stopReason !== "cancelled") await write(key, recording);
        yield event;
      }
    } catch (thrown) {
      // A recording that could not be kept is told as it is, and not recorded either.
      if (thrown instanceof LlmError && events.at(-1)?.event.kind !== "done") {
        const { code, message, retryAfterMs } = thrown;
        await write(key, {
          ...recording,
          error: { code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
        });
      }
      throw thrown;
    }
  }
  return { name: model.name, stream };
}

/** A secret as it stands within a JSON text. */
function asInJson(secret: string): string {
  return JSON.stringify(secret).slice(1, -1);
}
