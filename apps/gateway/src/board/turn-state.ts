import { parseEvent } from "@kingly/codec";

/** How far a command, or a whole turn, has come. `ready` work rests until somebody takes it: nothing is pretended. */
export type TurnState = "heard" | "recorded" | "accepted" | "running" | "done" | "failed";

const order: readonly TurnState[] = ["heard", "recorded", "accepted", "running", "done", "failed"];

/** Tells how far one event brings the command it answers, or undefined when it says nothing of that. [G13] */
export function stateAfter(line: string): TurnState | undefined {
  const parsed = parseEvent(line);
  if (!parsed.ok) return undefined;
  switch (parsed.value.op) {
    case "status_update":
      // A step of a run carries the run's cid, but its end is not the run's.
      if (/^run_[^.]*\./.test(parsed.value.entity_id)) return undefined;
      return stateOfStatus(parsed.value.status);
    case "task_complete":
    case "context_loaded":
    case "memory_stored":
      return "done";
    case "error":
      return "failed";
    default:
      return undefined;
  }
}

function stateOfStatus(status: string): TurnState | undefined {
  switch (status) {
    case "queued":
      return "accepted";
    case "running":
    case "in_progress":
      return "running";
    case "completed":
      return "done";
    case "failed":
      return "failed";
    default:
      return undefined;
  }
}

/** Returns the later of two states: news that arrives twice or late never takes a state back. [G13] */
export function laterState(a: TurnState, b: TurnState): TurnState {
  return order.indexOf(b) > order.indexOf(a) ? b : a;
}

/** The state of a turn is that of its slowest command, except that a failed one shows. [G13] */
export function turnState(commands: readonly TurnState[]): TurnState {
  if (commands.includes("failed")) return "failed";
  return commands.reduce((slowest, state) => (order.indexOf(state) < order.indexOf(slowest) ? state : slowest), "done");
}
