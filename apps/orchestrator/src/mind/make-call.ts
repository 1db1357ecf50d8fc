import type { Outcome } from "@kingly/mcp-batcher";
import { cutText } from "../cut-text.ts";
import { outputOf, toArguments } from "../jobs/tool-output.ts";
import { tellUnknown } from "./tell-unknown.ts";
import type { CallState, CallStep } from "./work.ts";
import type { Working } from "./work-task.ts";

/** Makes one call of a server's tool: the row says `begun` before it goes out, and how it ended after. [O43]
 *
 * When the work is told to stop, a call that may have taken effect and may not be repeated ends as `unknown`; any other
 * is made again in the next life. */
export async function makeCall({ back, work, signal, keep }: Working, call: CallStep): Promise<void> {
  const { works } = back.mind;
  const { seq, server = "", tool = "", effect, idempotent } = call;
  await keep((unit) => works.setCall(unit, work, seq, "begun"));
  const outcome = await back.batcher.add({
    server,
    tool,
    args: toArguments(call.args),
    kind: effect === "read" ? "read" : "write",
    idempotent,
    signal,
  });
  const end = endOf(outcome, idempotent);
  // Stopped, and it may be made again: the row says so by `begun`.
  if (end === undefined) return signal.throwIfAborted();
  const result = cutText(back.mind.scrub.clean(end.result), back.mind.settings.taskWork.maxResultChars);
  await keep((unit) => {
    works.setCall(unit, work, seq, end.state, result);
    if (end.state === "unknown") tellUnknown(back, unit, work, seq);
  });
  return undefined;
}

function endOf(
  outcome: Outcome,
  idempotent: boolean,
): { readonly state: CallState; readonly result: string } | undefined {
  switch (outcome.status) {
    case "ok": {
      const { text, structured } = outputOf(outcome.result);
      const words = text === "" && structured !== undefined ? JSON.stringify(structured) : text;
      return { state: "answered", result: words === "" ? "(It answered without text.)" : words };
    }
    case "failed": {
      const said = outcome.result === undefined ? "" : outputOf(outcome.result).text;
      const { message, hint } = outcome.error;
      return { state: "failed", result: message.includes(said) ? `${message} ${hint}` : `${message} ${hint} ${said}` };
    }
    case "unknown":
      return {
        state: idempotent ? "failed" : "unknown",
        result: `${outcome.error.message} Nobody knows whether it took effect. Read back before anything like it is done again.`,
      };
    case "cancelled":
      return idempotent || outcome.effect === "none"
        ? undefined
        : { state: "unknown", result: "It was stopped while it ran; nobody knows whether it took effect." };
    default:
      return outcome satisfies never;
  }
}
