import { levelToNumber, parseEvent } from "@kingly/codec";
import type { Event, Value } from "@kingly/codec";
import type { Board, BoardRun, LogRow, Notice } from "./board.ts";

// A turn has one or two; what goes on replying is not kept without end.
const maxReplies = 20;

/** Applies one more row to the board. A row it has already, or cannot read, changes nothing but `seq`. [G12] */
export function applyRow(board: Board, row: LogRow): void {
  if (row.seq <= board.seq) return;
  board.seq = row.seq;
  const parsed = parseEvent(row.line);
  if (parsed.ok) applyEvent(board, parsed.value, row);
}

function applyEvent(board: Board, event: Event, row: LogRow): void {
  const cid = row.cid === undefined ? {} : { cid: row.cid };
  switch (event.op) {
    case "task_described":
      return board.tasks.set(event.task_id, {
        status: "queued",
        createdAtMs: row.at,
        ...board.tasks.get(event.task_id),
        id: event.task_id,
        title: event.title,
        ...(event.parent_id === undefined ? {} : { parentId: event.parent_id }),
        ...(event.complexity === undefined ? {} : { complexity: levelToNumber(event.complexity) }),
        ...(event.intent_type === undefined ? {} : { intentType: event.intent_type }),
        ...cid,
        updatedAtMs: row.at,
      });
    case "task_ready": {
      const task = board.tasks.get(event.task_id);
      if (task === undefined) return undefined;
      return board.tasks.set(task.id, {
        ...task,
        ...(event.confidence === undefined ? {} : { confidence: event.confidence }),
        ...(event.routing === undefined ? {} : { routing: event.routing }),
        updatedAtMs: row.at,
      });
    }
    case "status_update":
      return applyStatus(board, event.entity_id, event.status, event.progress, row.at);
    case "run_described":
      return board.runs.set(event.run_id, {
        id: event.run_id,
        workflowId: event.workflow_id ?? "",
        title: event.title ?? event.workflow_id ?? event.run_id,
        status: "queued",
        progress: 0,
        steps: stepsOf(event.steps),
        ...cid,
        updatedAtMs: row.at,
      });
    case "task_complete":
      return applyComplete(board, event.task_id, event.result ?? "success", event.next_steps, row);
    case "memory_stored":
      return board.memories.set(event.key, {
        key: event.key,
        value: textOf(event.value),
        type: event.type ?? "semantic",
        atMs: event.at ?? row.at,
      });
    case "memory_forgotten":
      return board.memories.delete(event.key);
    case "utterance_recorded": {
      const told = { utteranceId: event.utterance_id, text: event.text, atMs: event.at ?? row.at };
      return board.turns.set(event.utterance_id, { replies: [], ...board.turns.get(event.utterance_id), ...told });
    }
    case "reply": {
      const turn = board.turns.get(event.utterance_id);
      if (turn === undefined) return undefined;
      const { text, by = "orchestrator", state = "recorded", at = row.at } = event;
      const replies = [...turn.replies, { text, by, state, atMs: at }].slice(-maxReplies);
      return board.turns.set(turn.utteranceId, { ...turn, replies });
    }
    case "context_loaded":
      return notify(board, row, "context", event.context_id, event.summary ?? "");
    case "error":
      return notify(board, row, "error", event.code, event.message ?? "");
    default:
      return undefined;
  }
}

function applyStatus(board: Board, entityId: string, status: string, progress: number | undefined, atMs: number): void {
  const task = board.tasks.get(entityId);
  if (task !== undefined) {
    return board.tasks.set(entityId, {
      ...task,
      status,
      ...(progress === undefined ? {} : { progress }),
      updatedAtMs: atMs,
    });
  }
  const run = board.runs.get(entityId);
  if (run !== undefined) {
    return board.runs.set(entityId, { ...run, status, progress: progress ?? run.progress, updatedAtMs: atMs });
  }
  // A step is told as `run.step`, and the run below another has dots in its id.
  const dot = entityId.lastIndexOf(".");
  const parent = board.runs.get(entityId.slice(0, Math.max(0, dot)));
  if (parent === undefined) return undefined;
  const stepId = entityId.slice(dot + 1);
  const steps = parent.steps.map((step) => (step.id === stepId ? { ...step, status } : step));
  return board.runs.set(parent.id, { ...parent, steps, updatedAtMs: atMs });
}

function applyComplete(board: Board, id: string, result: string, next: Value | undefined, row: LogRow): void {
  const run = board.runs.get(id);
  if (run !== undefined) board.runs.set(id, { ...run, result });
  const title = run?.title ?? board.tasks.get(id)?.title;
  // A stored memory completes too; its card is the memory itself.
  if (title === undefined) return;
  const steps = nextSteps(next, board);
  notify(board, row, "complete", title, steps.length === 0 ? result : `${result}. Next: ${steps.join("; ")}`);
}

function nextSteps(next: Value | undefined, board: Board): readonly string[] {
  const listed = fieldsOf(next).get("next") ?? next;
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((id) => (typeof id === "string" ? [board.tasks.get(id)?.title ?? id] : []));
}

function notify(board: Board, row: LogRow, kind: Notice["kind"], title: string, text: string): void {
  const cid = row.cid === undefined ? {} : { cid: row.cid };
  board.notices.set(String(row.seq), { seq: row.seq, kind, title, text, ...cid, atMs: row.at });
}

function stepsOf(value: Value | undefined): BoardRun["steps"] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((step) => {
    const fields = fieldsOf(step);
    const id = fields.get("id");
    const name = fields.get("name");
    return typeof id === "string" ? [{ id, name: typeof name === "string" ? name : id, status: "pending" }] : [];
  });
}

function fieldsOf(value: Value | undefined): ReadonlyMap<string, Value> {
  return new Map(typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : []);
}

function textOf(value: Value | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
