import type { Outcome as McpOutcome } from "@kingly/mcp-batcher";
import type { StepStart } from "@kingly/workflow";
import type { Back } from "../back.ts";
import type { Performed } from "./perform-step.ts";
import { readEffect } from "./read-effect.ts";
import { outputOf, toArguments } from "./tool-output.ts";

/** Makes the call of an `mcp` step. [O12][O36]
 *
 * `repeated`: an earlier attempt of this very start was lost, so its effect is not known. The call is then made again
 * when it may be repeated, or when reading back shows that it had no effect; else it ends as `unknown`. */
export async function callTool(
  back: Back,
  start: StepStart,
  repeated: boolean,
  signal: AbortSignal,
): Promise<Performed> {
  const { server = "", tool = "" } = start;
  const idempotent = start.idempotent === true || (await back.mayRepeat(server, tool));
  const { readBack } = start;
  if (repeated && !idempotent) {
    const lost = "The call was lost half-way when the orchestrator stopped";
    if (readBack === undefined) return unknown(`${lost}; nobody knows whether it took effect.`);
    const effect = await readEffect(back, readBack, signal);
    if (effect.kind === "there") return { kind: "completed", output: { ...effect.output, readBack: true } };
    if (effect.kind === "unread") {
      // Stopped again: the next life reads it back.
      if (signal.aborted) return { kind: "stopped" };
      return unknown(`${lost}; nobody knows whether it took effect. ${effect.why}`);
    }
  }
  const args = toArguments(start.input);
  const outcome = await back.batcher.add({ server, tool, args, kind: "write", idempotent, signal });
  const performed = toPerformed(outcome, idempotent);
  const isUnknown = performed.kind === "failed" && performed.error.code === "unknown";
  if (!isUnknown || readBack === undefined || signal.aborted) return performed;
  const effect = await readEffect(back, readBack, signal);
  if (effect.kind === "there") return { kind: "completed", output: { ...effect.output, readBack: true } };
  // It may still come: what is missing now is no proof while the other side may be at work.
  const said = effect.kind === "missing" ? "Read back, it was not there." : effect.why;
  return unknown(`${performed.error.message} ${said}`);
}

function toPerformed(outcome: McpOutcome, idempotent: boolean): Performed {
  switch (outcome.status) {
    case "ok":
      return { kind: "completed", output: outputOf(outcome.result) };
    case "failed":
      return {
        kind: "failed",
        error: { code: outcome.error.code, message: `${outcome.error.message} ${outcome.error.hint}`.trim() },
      };
    case "unknown":
      return idempotent
        ? { kind: "failed", error: { code: outcome.error.code, message: outcome.error.message } }
        : unknown(outcome.error.message);
    case "cancelled":
      // The job was told to stop. What may not be repeated must be said now, or nobody would know that it was begun.
      return idempotent || outcome.effect === "none"
        ? { kind: "stopped" }
        : unknown("The orchestrator stopped while the call was running; nobody knows whether it took effect.");
    default:
      return outcome satisfies never;
  }
}

function unknown(message: string): Performed & { readonly kind: "failed" } {
  return { kind: "failed", error: { code: "unknown", message }, retryable: false };
}
