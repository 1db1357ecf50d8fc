import type { Clock } from "@kingly/runtime";
import { checkStream } from "./check-stream.ts";
import { LlmError } from "./llm-error.ts";
import type { Model, ModelEvent, ModelRequest } from "./model.ts";
import { wait } from "./wait.ts";
import { withDeadline } from "./with-deadline.ts";

/** One thing a scripted model does: tell an event, throw an error, or wait. */
export type ScriptAction = ModelEvent | LlmError | { readonly kind: "wait"; readonly waitMs: number };

/** One reply of a script, and the requests that it is for. */
export interface ScriptEntry {
  /** A test of the request, or a pattern for its last user text. @default every request */
  readonly when?: ((request: ModelRequest) => boolean) | RegExp;
  /** A text, an error, or what to do in order. Without a `done` at its end, the one that fits is added. */
  readonly reply: string | LlmError | readonly ScriptAction[];
  /** Milliseconds to wait before each event or error. @default 0 */
  readonly delayMs?: number;
  /** How many requests it answers; Infinity for all. @default 1 */
  readonly times?: number;
}

/** A model that says what its script says. */
export interface ScriptedModel extends Model {
  /** The requests it was asked, oldest first; at most the last 1,000. */
  readonly requests: readonly ModelRequest[];
}

const maxKeptRequests = 1000;

/** Creates a model that answers from a script: the first entry that fits and is not used up. [L8]-[L11]
 *
 * For tests and for running without any real model. It invents nothing: a request that no entry fits throws
 * {@link LlmError} `script_exhausted`, and usage is told only where the script tells it. Keeps the rules L1 to L6. */
export function createScriptedModel(
  deps: { readonly clock: Clock },
  script: readonly ScriptEntry[],
  options: {
    /** @default "scripted" */
    readonly name?: string;
  } = {},
): ScriptedModel {
  const name = options.name ?? "scripted";
  const left = script.map((entry) => ({ entry, times: entry.times ?? 1 }));
  const requests: ModelRequest[] = [];

  const choose = (request: ModelRequest): ScriptEntry => {
    const text = lastUserText(request);
    const found = left.find(({ entry, times }) => times > 0 && fits(entry, request, text));
    if (found) {
      found.times -= 1;
      return found.entry;
    }
    const unused = left.filter(({ times }) => times > 0).length;
    throw new LlmError(
      "script_exhausted",
      `The script of ${name} has no reply for "${text.slice(0, 80)}" (${unused} of ${script.length} entries are left). ` +
        "Add an entry that fits.",
    );
  };

  async function* perform(request: ModelRequest): AsyncGenerator<ModelEvent> {
    requests.push(request);
    if (requests.length > maxKeptRequests) requests.shift();
    const entry = choose(request);
    for (const action of toActions(entry.reply)) {
      const isWait = !(action instanceof LlmError) && action.kind === "wait";
      await wait(deps.clock, isWait ? action.waitMs : (entry.delayMs ?? 0), request.signal);
      if (request.signal?.aborted) return;
      if (action instanceof LlmError) throw action;
      if (action.kind !== "wait") yield action;
    }
  }

  const performed: Model = { name, stream: (request) => checkStream(name, request, perform(request)) };
  const guarded = withDeadline(performed, deps);
  return { name, stream: (request) => guarded.stream(request), requests };
}

function fits(entry: ScriptEntry, request: ModelRequest, text: string): boolean {
  if (entry.when === undefined) return true;
  // `search` does not depend on where a global pattern stopped last.
  return entry.when instanceof RegExp ? text.search(entry.when) >= 0 : entry.when(request);
}

function lastUserText(request: ModelRequest): string {
  const last = request.messages.findLast((message) => message.role === "user");
  return last?.text ?? "";
}

function toActions(reply: ScriptEntry["reply"]): readonly ScriptAction[] {
  if (reply instanceof LlmError) return [reply];
  const actions: readonly ScriptAction[] = typeof reply === "string" ? [{ kind: "text", text: reply }] : reply;
  if (actions.some((action) => action instanceof LlmError || action.kind === "done")) return actions;
  const calls = actions.some((action) => !(action instanceof LlmError) && action.kind === "tool_call");
  return [...actions, { kind: "done", stopReason: calls ? "tool_calls" : "end" }];
}
