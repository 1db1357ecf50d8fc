import type { Clock } from "@kingly/runtime";
import type { Unit } from "@kingly/sqlite";
import type { Reader } from "@kingly/store";
import type { AnswerStep, CallState, CallStep, Prompt, Step, Work, WorkOrigin, WorkStatus } from "./work.ts";

/** The works of all tasks, in the app's own tables: what was said and done in each, before and after every call. [O43] */
export interface Works {
  /** Plans the work of a task anew: its first life, or the next one. */
  plan(
    unit: Unit,
    work: Pick<Work, "workspaceId" | "taskId" | "rootId" | "depth" | "origin" | "cid" | "turnId" | "brain" | "status">,
  ): void;
  get(workspaceId: string, taskId: string, reader?: Reader): Work | undefined;
  patch(unit: Unit, workspaceId: string, taskId: string, patch: WorkPatch): void;
  /** The steps of the present life, in order. */
  steps(work: Pick<Work, "workspaceId" | "taskId" | "life">, reader?: Reader): readonly Step[];
  /** The call of that number, of the present life. */
  call(work: Pick<Work, "workspaceId" | "taskId" | "life">, seq: number, reader?: Reader): CallStep | undefined;
  addAnswer(
    unit: Unit,
    work: Work,
    answer: Omit<AnswerStep, "kind" | "seq">,
    calls: readonly Omit<CallStep, "kind" | "seq">[],
  ): void;
  setCall(unit: Unit, work: Work, seq: number, state: CallState, result?: string): void;
  /** What a task and all its parts have cost in their present lives. */
  spent(workspaceId: string, rootId: string, reader?: Reader): { readonly tokens: number; readonly microUsd: number };
  /** How many tasks there are of a root: itself, its parts, and theirs. */
  countTasks(workspaceId: string, rootId: string, reader?: Reader): number;
  /** Works that wait for a person, newest first, at most 100. */
  waiting(workspaceId: string): readonly Work[];
  /** Lets go of works of a workspace that nothing happened to since `beforeMs`, once the task and its root are over:
   * first what was said and done, then the work, at most `maxRows` rows. Returns how many went. [O32] */
  letGo(unit: Unit, workspaceId: string, options: { readonly beforeMs: number; readonly maxRows: number }): number;
}

/** What of a work changes. */
export interface WorkPatch {
  readonly status?: WorkStatus;
  readonly prompt?: Prompt;
  readonly note?: string;
  readonly jobId?: number;
  readonly addMs?: number;
}

interface WorkRow {
  readonly workspace_id: string;
  readonly task_id: string;
  readonly root_id: string;
  readonly depth: number;
  readonly life: number;
  readonly origin: string;
  readonly cid: string | null;
  readonly turn_id: string | null;
  readonly status: string;
  readonly brain: string;
  readonly prompt: string | null;
  readonly note: string | null;
  readonly job_id: number | null;
  readonly worked_ms: number;
}

interface StepRow {
  readonly seq: number;
  readonly kind: string;
  readonly state: string;
  readonly body: string;
  readonly hash: string | null;
  readonly result: string | null;
  readonly tokens: number;
  readonly micro_usd: number;
}

const stepColumns = "seq, kind, state, body, hash, result, tokens, micro_usd";

/** Creates the works over the tables of the mind. */
export function createWorks(deps: { readonly clock: Clock; readonly database: Reader }): Works {
  const { clock, database } = deps;
  const nextSeq = (unit: Unit, { workspaceId, taskId }: Work): number =>
    (unit.get<{ seq: number }>(
      "SELECT coalesce(max(seq), 0) AS seq FROM mind_steps WHERE workspace_id = ? AND task_id = ?",
      workspaceId,
      taskId,
    )?.seq ?? 0) + 1;
  return {
    plan(unit, work) {
      unit.run(
        `INSERT INTO mind_works (workspace_id, task_id, root_id, depth, life, origin, cid, turn_id, status, brain, updated_at)
         VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (workspace_id, task_id) DO UPDATE SET life = life + 1, origin = excluded.origin,
           cid = excluded.cid, turn_id = excluded.turn_id, status = excluded.status, brain = excluded.brain,
           prompt = NULL, note = NULL, job_id = NULL, worked_ms = 0, updated_at = excluded.updated_at`,
        work.workspaceId,
        work.taskId,
        work.rootId,
        work.depth,
        work.origin,
        work.cid ?? null,
        work.turnId ?? null,
        work.status,
        work.brain,
        clock.nowMs(),
      );
    },
    get(workspaceId, taskId, reader = database) {
      const row = reader.get<WorkRow>(
        "SELECT * FROM mind_works WHERE workspace_id = ? AND task_id = ?",
        workspaceId,
        taskId,
      );
      return row === undefined ? undefined : toWork(row);
    },
    patch(unit, workspaceId, taskId, { status, prompt, note, jobId, addMs = 0 }) {
      unit.run(
        `UPDATE mind_works SET status = coalesce(?, status), prompt = coalesce(?, prompt), note = coalesce(?, note),
           job_id = coalesce(?, job_id), worked_ms = worked_ms + ?, updated_at = ?
         WHERE workspace_id = ? AND task_id = ?`,
        status ?? null,
        prompt === undefined ? null : JSON.stringify(prompt),
        note ?? null,
        jobId ?? null,
        Math.round(addMs),
        clock.nowMs(),
        workspaceId,
        taskId,
      );
    },
    steps: ({ workspaceId, taskId, life }, reader = database) =>
      reader
        .all<StepRow>(
          `SELECT ${stepColumns} FROM mind_steps WHERE workspace_id = ? AND task_id = ? AND life = ? ORDER BY seq`,
          workspaceId,
          taskId,
          life,
        )
        .map(toStep),
    call({ workspaceId, taskId, life }, seq, reader = database) {
      const row = reader.get<StepRow>(
        `SELECT ${stepColumns} FROM mind_steps WHERE workspace_id = ? AND task_id = ? AND life = ? AND seq = ?
         AND kind = 'call'`,
        workspaceId,
        taskId,
        life,
        seq,
      );
      return row === undefined ? undefined : (toStep(row) as CallStep);
    },
    addAnswer(unit, work, answer, calls) {
      const { tokens, microUsd, ...body } = answer;
      let seq = nextSeq(unit, work);
      const add = (kind: Step["kind"], state: string, value: object, hash: string | null): void => {
        unit.run(
          `INSERT INTO mind_steps (workspace_id, task_id, seq, life, kind, state, body, hash, tokens, micro_usd, at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          work.workspaceId,
          work.taskId,
          seq,
          work.life,
          kind,
          state,
          JSON.stringify(value),
          hash,
          kind === "answer" ? tokens : 0,
          kind === "answer" ? microUsd : 0,
          clock.nowMs(),
        );
        seq += 1;
      };
      add("answer", "done", body, null);
      for (const { state, hash, result: _result, ...call } of calls) add("call", state, call, hash);
    },
    setCall(unit, { workspaceId, taskId }, seq, state, result) {
      unit.run(
        `UPDATE mind_steps SET state = ?, result = coalesce(?, result) WHERE workspace_id = ? AND task_id = ? AND seq = ?`,
        state,
        result ?? null,
        workspaceId,
        taskId,
        seq,
      );
    },
    spent(workspaceId, rootId, reader = database) {
      const row = reader.get<{ tokens: number; micro_usd: number }>(
        `SELECT coalesce(sum(s.tokens), 0) AS tokens, coalesce(sum(s.micro_usd), 0) AS micro_usd
         FROM mind_works AS w JOIN mind_steps AS s
           ON s.workspace_id = w.workspace_id AND s.task_id = w.task_id AND s.life = w.life
         WHERE w.workspace_id = ? AND w.root_id = ?`,
        workspaceId,
        rootId,
      );
      return { tokens: row?.tokens ?? 0, microUsd: row?.micro_usd ?? 0 };
    },
    countTasks: (workspaceId, rootId, reader = database) =>
      reader.get<{ tasks: number }>(
        `WITH RECURSIVE below (id) AS (
           SELECT ? UNION SELECT t.id FROM tasks AS t JOIN below ON t.parent_id = below.id WHERE t.workspace_id = ?
         ) SELECT count(*) AS tasks FROM below`,
        rootId,
        workspaceId,
      )?.tasks ?? 0,
    waiting: (workspaceId) =>
      database
        .all<WorkRow>(
          `SELECT * FROM mind_works WHERE workspace_id = ? AND status = 'waiting' ORDER BY updated_at DESC LIMIT 100`,
          workspaceId,
        )
        .map(toWork),
    letGo(unit, workspaceId, { beforeMs, maxRows }) {
      const old = unit.all<{ task_id: string }>(
        `SELECT task_id FROM mind_works AS w WHERE workspace_id = ? AND updated_at < ? AND NOT EXISTS (
           SELECT 1 FROM tasks AS t WHERE t.workspace_id = w.workspace_id AND t.id IN (w.task_id, w.root_id)
             AND t.status NOT IN ('completed', 'failed', 'cancelled') AND t.valid_to > ?
         ) ORDER BY updated_at LIMIT ?`,
        workspaceId,
        beforeMs,
        beforeMs,
        maxRows,
      );
      let left = maxRows;
      for (const { task_id: taskId } of old) {
        left -= unit.run(
          `DELETE FROM mind_steps WHERE (workspace_id, task_id, seq) IN (
             SELECT workspace_id, task_id, seq FROM mind_steps WHERE workspace_id = ? AND task_id = ? LIMIT ?
           )`,
          workspaceId,
          taskId,
          left,
        ).changes;
        // The work goes behind its last step.
        if (left === 0) break;
        unit.run("DELETE FROM mind_works WHERE workspace_id = ? AND task_id = ?", workspaceId, taskId);
        left -= 1;
        if (left === 0) break;
      }
      return maxRows - left;
    },
  };
}

function toWork(row: WorkRow): Work {
  return {
    workspaceId: row.workspace_id,
    taskId: row.task_id,
    rootId: row.root_id,
    depth: row.depth,
    life: row.life,
    origin: row.origin as WorkOrigin,
    cid: row.cid ?? undefined,
    turnId: row.turn_id ?? undefined,
    status: row.status as WorkStatus,
    brain: row.brain,
    prompt: row.prompt === null ? undefined : (JSON.parse(row.prompt) as Prompt),
    note: row.note ?? undefined,
    jobId: row.job_id ?? undefined,
    workedMs: row.worked_ms,
  };
}

function toStep(row: StepRow): Step {
  const body = JSON.parse(row.body) as Omit<AnswerStep, "kind"> & Omit<CallStep, "kind">;
  return row.kind === "answer"
    ? { ...body, kind: "answer", seq: row.seq, tokens: row.tokens, microUsd: row.micro_usd }
    : {
        ...body,
        kind: "call",
        seq: row.seq,
        state: row.state as CallState,
        hash: row.hash ?? "",
        result: row.result ?? undefined,
        server: body.server,
        tool: body.tool,
      };
}
