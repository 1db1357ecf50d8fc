import type { Outcome as McpOutcome, ToolResult } from "@kingly/mcp-batcher";
import type { Json, StepError, StepStart } from "@kingly/workflow";
import type { Back } from "../back.ts";
import { cutText } from "../cut-text.ts";

/** How an attempt of a step went, before it is written. `stopped`: not at all, or so that it may begin again. */
export type Performed =
  | { readonly kind: "stopped" }
  | { readonly kind: "timed_out" }
  | { readonly kind: "completed"; readonly output: Json }
  | { readonly kind: "failed"; readonly error: StepError; readonly retryable?: boolean };

// What a step hands on stays in the run's row: a long text is cut where it no longer helps anybody.
const maxOutputText = 50_000;

/** Does the work of a step that has effects outside: an MCP call, or a draft of the planner. [O12]
 *
 * `repeated`: an earlier attempt of this very start was lost, so its effect is not known. Only an idempotent call is
 * then made again; any other ends as `unknown` and is said so. */
export async function performStep(
  back: Back,
  start: StepStart,
  repeated: boolean,
  signal: AbortSignal,
): Promise<Performed> {
  if (start.kind === "model") {
    return { kind: "completed", output: (await back.planner.draft(start.prompt ?? "", start.input)) as Json };
  }
  if (start.kind !== "mcp") return { kind: "completed", output: {} };
  const idempotent = start.idempotent === true;
  if (repeated && !idempotent) {
    return unknown("The call was lost half-way when the orchestrator stopped; nobody knows whether it took effect.");
  }
  const outcome = await back.batcher.add({
    server: start.server ?? "",
    tool: start.tool ?? "",
    args: argumentsOf(start.input),
    kind: "write",
    idempotent,
    signal,
  });
  return performed(outcome, idempotent);
}

function performed(outcome: McpOutcome, idempotent: boolean): Performed {
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

function unknown(message: string): Performed {
  return { kind: "failed", error: { code: "unknown", message }, retryable: false };
}

function argumentsOf(input: Json): Record<string, unknown> {
  return typeof input === "object" && input !== null ? Object.fromEntries(Object.entries(input)) : {};
}

/** `{text, structured?}`: the texts of the answer joined, and the structured form where the tool gave one. */
function outputOf(result: ToolResult): Json {
  const text = cutText(result.content.flatMap((part) => (isText(part) ? [part.text] : [])).join("\n"), maxOutputText);
  const structured = result.structured;
  const small = structured !== undefined && JSON.stringify(structured).length <= maxOutputText;
  return { text, ...(small ? { structured: structured as Json } : {}) };
}

function isText(part: unknown): part is { readonly text: string } {
  return typeof part === "object" && part !== null && "text" in part && typeof part.text === "string";
}
