import type { Json, StepError, StepStart } from "@kingly/workflow";
import type { Back } from "../back.ts";
import { callTool } from "./call-tool.ts";

/** How an attempt of a step went, before it is written. `stopped`: not at all, or so that it may begin again. */
export type Performed =
  | { readonly kind: "stopped" }
  | { readonly kind: "timed_out" }
  | { readonly kind: "completed"; readonly output: Json }
  | { readonly kind: "failed"; readonly error: StepError; readonly retryable?: boolean };

/** Does the work of a step that has effects outside: an MCP call, or a draft of the planner. [O12] */
export async function performStep(
  back: Back,
  start: StepStart,
  repeated: boolean,
  signal: AbortSignal,
): Promise<Performed> {
  if (start.kind === "model") {
    return { kind: "completed", output: (await back.planner.draft(start.prompt ?? "", start.input)) as Json };
  }
  return start.kind === "mcp" ? callTool(back, start, repeated, signal) : { kind: "completed", output: {} };
}
