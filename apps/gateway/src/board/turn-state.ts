import { parseEvent } from "@kingly/codec";

/** How far a command, or a whole turn, has come. `ready` work rests until somebody takes it: nothing is pretended. */
export type TurnState = "heard" | "recorded" | "accepted" | "running" | "done" | "cancelled" | "failed";

/** All states, each later than those before it. */
export const turnStates: readonly TurnState[] = [
  "heard",
  "recorded",
  "accepted",
  "running",
  "done",
  "cancelled",
  "failed",
];

/** Tells whether nothing more is expected of a turn. */
export function isOver(state: string): boolean {
  return state === "done" || state === "cancelled" || state === "failed";
}

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

/** Tells of which command a row has news, and which. [G13]
 *
 * A task or run that was cancelled is news of the command that made it, whoever cancelled it: its id tells that cid. */
export function commandNews(row: {
  readonly line: string;
  readonly cid?: string;
}): { readonly cid: string; readonly state: TurnState } | undefined {
  if (row.line.includes("|cancelled")) {
    const parsed = parseEvent(row.line);
    if (parsed.ok && parsed.value.op === "status_update" && parsed.value.status === "cancelled") {
      const made = /^(?:task|run)_([A-Za-z0-9]{1,16})$/.exec(parsed.value.entity_id)?.[1];
      return made === undefined ? undefined : { cid: made, state: "cancelled" };
    }
  }
  const state = row.cid === undefined ? undefined : stateAfter(row.line);
  return row.cid === undefined || state === undefined ? undefined : { cid: row.cid, state };
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
  return turnStates.indexOf(b) > turnStates.indexOf(a) ? b : a;
}

/** The state of a turn is that of its slowest command, except that a failed one shows, and that a turn of which
 * something was cancelled does not end as done. [G13] */
export function turnState(commands: readonly TurnState[]): TurnState {
  if (commands.includes("failed")) return "failed";
  const open = commands.filter((state) => !isOver(state));
  if (open.length === 0) return commands.includes("cancelled") ? "cancelled" : "done";
  return open.reduce((slowest, state) => (laterState(slowest, state) === slowest ? state : slowest));
}
