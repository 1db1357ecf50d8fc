import type { ReadBack } from "@kingly/workflow";
import type { Back } from "../back.ts";
import { outputOf, toArguments } from "./tool-output.ts";

/** What reading back has shown: the call took effect, it did not so far, or nobody can say. */
export type Effect =
  | { readonly kind: "there"; readonly output: ReturnType<typeof outputOf> }
  | { readonly kind: "missing" }
  | { readonly kind: "unread"; readonly why: string };

/** Asks the world whether a call of unknown effect took effect, by the reading call that the step names. [O36] */
export async function readEffect(back: Back, readBack: ReadBack, signal: AbortSignal): Promise<Effect> {
  const { server, tool } = readBack;
  const args = toArguments(readBack.with);
  // Not as `read`: an answer from before the call, or a cached one, would say that it is missing.
  const outcome = await back.batcher.add({ server, tool, args, kind: "write", idempotent: true, signal });
  if (outcome.status === "ok") {
    const output = outputOf(outcome.result);
    const all = JSON.stringify(outcome.result.structured ?? null);
    const isThere = output.text.includes(readBack.contains) || all.includes(readBack.contains);
    return isThere ? { kind: "there", output } : { kind: "missing" };
  }
  const why = outcome.status === "cancelled" ? "the orchestrator stopped" : outcome.error.message;
  return { kind: "unread", why: `Reading it back by ${server}.${tool} failed: ${why}` };
}
