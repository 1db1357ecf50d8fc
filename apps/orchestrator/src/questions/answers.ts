import type { Answer } from "@kingly/link";
import type { ServerState } from "@kingly/mcp-batcher/servers";
import type { Memory, Run as RunRow, Task } from "@kingly/store";
import { openStarts } from "@kingly/workflow";
import type { Run } from "@kingly/workflow";
import { bodyOf } from "../announce-events.ts";
import type { Back } from "../back.ts";
import { cutText } from "../cut-text.ts";
import { checkReadiness } from "../check-readiness.ts";
import type { ReadinessDeps } from "../check-readiness.ts";
import { approvalId } from "../jobs/approval-id.ts";
import { toKnownRun } from "../jobs/read-run.ts";
import { houseWorkspace } from "../servers/tell-tools.ts";
import { listToolsApprovals } from "../servers/tools-approval.ts";
import type { ToolsApproval } from "../servers/tools-approval.ts";
import { describeBroken, nameOf } from "../workflows/load-workflows.ts";
import type { BrokenWorkflow } from "../workflows/load-workflows.ts";
import { missingInputs } from "../workflows/missing-inputs.ts";
import { askedCalls } from "./asked-calls.ts";
import { askedQuestions } from "./asked-questions.ts";
import { askedTools } from "./asked-tools.ts";
import type { Asked } from "./read-parameters.ts";

/** What an answer is made from. */
export interface Asking {
  readonly back: Back;
  readonly readiness: ReadinessDeps;
  readonly workspaceId: string;
  readonly asked: Asked;
}

/** Every question that is answered, by its name. [O16] */
export const answers: ReadonlyMap<string, (asking: Asking) => Answer | Promise<Answer>> = new Map<
  string,
  (asking: Asking) => Answer | Promise<Answer>
>([
  [
    "tasks",
    async ({ back, workspaceId, asked }) => {
      if (isSearch(asked)) {
        return ok({
          items: (await back.store.heavy.tasks.search(workspaceId, asked.q, asked.limit, asked.asOf)).map((task) =>
            taskItem(back, task),
          ),
          next: null,
        });
      }
      const page = await back.store.tasks.list(workspaceId, { ...pageOf(asked), ...momentOf(asked) });
      return ok({ items: page.items.map((task) => taskItem(back, task)), next: page.next });
    },
  ],
  [
    "task",
    ({ back, workspaceId, asked }) => {
      const task = back.store.tasks.get(workspaceId, asked.id ?? "", { asOf: asked.asOf });
      return task === undefined ? fail("not_found", `There is no task ${asked.id ?? ""}.`) : ok(taskItem(back, task));
    },
  ],
  [
    "projects",
    async ({ back, workspaceId, asked }) =>
      ok(await back.store.projects.list(workspaceId, { ...pageOf(asked), ...momentOf(asked) })),
  ],
  [
    "workspaces",
    ({ back, asked }) => ok({ items: back.store.workspaces.list(momentOf(asked)).slice(0, asked.limit), next: null }),
  ],
  [
    "workflows",
    async ({ back, workspaceId, asked }) => {
      const page = await back.store.runs.list(workspaceId, { ...pageOf(asked), ...momentOf(asked) });
      return ok({
        items: page.items.map(runItem),
        next: page.next,
        // Cards of tools and tasks stand beside those of runs: a person decides about all in the same way.
        asks: [
          ...askedTools(back, workspaceId),
          ...askedQuestions(back, workspaceId),
          ...back.mind.works.waiting(workspaceId).flatMap((work) =>
            askedCalls(back, work).map((ask) => ({
              ...ask,
              title: back.store.tasks.get(workspaceId, work.taskId)?.title ?? work.taskId,
            })),
          ),
        ],
        definitions: definitionsOf(back),
        broken: back.workflows().broken.map(describeBroken),
        notLoaded: back.workflows().broken.slice(0, maxNotLoaded).map(notLoadedItem),
      });
    },
  ],
  ["definitions", ({ back }) => ok(definitionsOf(back))],
  [
    "memory",
    async ({ back, workspaceId, asked }) =>
      isSearch(asked)
        ? ok({ items: await findMemories(back, workspaceId, asked), next: null })
        : ok(await back.store.memory.list(workspaceId, { ...pageOf(asked), ...momentOf(asked) })),
  ],
  [
    "jobs",
    ({ back, workspaceId, asked }) => {
      const page = back.queue.list({ workspaceId, ...pageOf(asked) });
      return ok({ items: page.items, next: page.next });
    },
  ],
  [
    "conversation",
    ({ back, workspaceId, asked }) =>
      ok({ items: back.store.conversation.read(workspaceId, { limit: asked.limit }), next: null }),
  ],
  [
    "rows",
    ({ back, workspaceId, asked }) =>
      ok(
        back.store.events
          .readAfter(workspaceId, asked.after, asked.limit)
          .map((event) => ({ seq: event.seq, ...bodyOf(event) })),
      ),
  ],
  [
    "servers",
    ({ readiness: { servers }, workspaceId, asked }) => {
      const items = servers
        .states()
        .slice(0, asked.limit)
        .map((state) => serverItem(servers, state, workspaceId === houseWorkspace));
      // Servers are the whole house's: they are decided about in its own workspace only.
      const approvals = workspaceId === houseWorkspace ? listToolsApprovals(servers).map(approvalItem) : [];
      return ok({ items, next: null, approvals: approvals.slice(0, asked.limit) });
    },
  ],
  ["readiness", ({ readiness }) => ok(checkReadiness(readiness).checks)],
]);

/** The questions that can be asked as of a moment; the others know no past. [O26] */
export const answersWithPast: ReadonlySet<string> = new Set([
  "tasks",
  "task",
  "projects",
  "workspaces",
  "workflows",
  "memory",
]);

/** Makes the answer to a question that cannot be answered as it was put. */
export function fail(code: string, message: string): Answer {
  return { ok: false, error: { code, message } };
}

function ok(value: unknown): Answer {
  return { ok: true, value };
}

async function findMemories(back: Back, workspaceId: string, asked: Asked): Promise<readonly Memory[]> {
  const { q: text = "", limit } = asked;
  const hits = await back.store.heavy.memory.hybrid(workspaceId, text, { limit, ...momentOf(asked) });
  return hits.map(({ memory }) => memory);
}

function definitionsOf(back: Back): readonly unknown[] {
  return [...back.workflows().byId.values()].map((definition) => {
    const { id, name, description = "", version, triggers } = definition;
    return { id, name, description, version, triggers, missing: missingInputs(definition) };
  });
}

// A list says where to begin to mend, not all that may be wrong with everything.
const maxNotLoaded = 20;
const maxProblemsShown = 5;

function notLoadedItem({ file, problems }: BrokenWorkflow): unknown {
  return {
    file: nameOf(file),
    problems: problems
      .slice(0, maxProblemsShown)
      .map(({ line = 1, column = 1, message, hint }) => ({ line, column, message, hint })),
  };
}

function taskItem(back: Back, task: Task): unknown {
  const work = back.mind.works.get(task.workspaceId, task.id);
  const asks = askedCalls(back, work);
  const { id, title, status, confidence, complexity, parentId, createdAtMs, updatedAtMs } = task;
  const { progress, intentType, routingDecision, projectId, description, businessGoal } = task;
  return {
    id,
    title,
    status,
    confidence,
    complexity,
    parentId,
    createdAtMs,
    updatedAtMs,
    progress,
    intentType,
    routing: routingDecision,
    projectId,
    description,
    businessGoal,
    ...(work === undefined ? {} : { work: { status: work.status, by: work.brain, note: work.note ?? null } }),
    ...(asks.length === 0 ? {} : { asks }),
  };
}

// Without the definition and what its steps handed on: a list shows how far a run is, not all that it holds.
function runItem(stored: RunRow): unknown {
  const { definition, run } = toKnownRun(stored);
  const { definition: _definition, state: _state, ...row } = stored;
  const { steps, error, outputs, notUndone } = run;
  const states = Object.entries(steps).map(([id, step]) => [id, { status: step.status, attempt: step.attempt }]);
  const asks = isAsking(run)
    ? openStarts(definition, run).flatMap(({ hash, message, input, ...ref }) =>
        hash === undefined ? [] : [{ id: approvalId(run.runId, ref, hash), message, arguments: input }],
      )
    : [];
  return { ...row, state: Object.fromEntries(states), error, outputs, asks, notUndone };
}

// What a list shows of a tool; its schema is the server's to tell.
const maxWords = 300;

// What a server said of itself may be about anybody: elsewhere only what it can do is shown.
function serverItem(servers: ReadinessDeps["servers"], state: ServerState, isHouse: boolean): unknown {
  const { name, status, reason, stderrTail, attempt, nextRetryAtMs } = state;
  const tools = (servers.knownTools(name) ?? []).map((tool) => ({
    name: tool.name,
    description: cutText(tool.description ?? "", maxWords),
    isReadOnly: tool.isReadOnly,
    isDestructive: tool.isDestructive,
    blocked: tool.blocked?.code ?? null,
  }));
  return isHouse ? { name, status, reason, stderrTail, attempt, nextRetryAtMs, tools } : { name, status, tools };
}

// What is decided about is shown whole.
function approvalItem({ id, server, tools }: ToolsApproval): unknown {
  return {
    id,
    server,
    tools: tools.map(({ blocked, ...tool }) => ({ ...tool, why: blocked?.code, message: blocked?.message })),
  };
}

function isAsking({ steps }: Run): boolean {
  return Object.values(steps).some(({ shown, items = [] }) =>
    [{ shown }, ...items].some((part) => part.shown !== undefined),
  );
}

function isSearch(asked: Asked): asked is Asked & { readonly q: string } {
  return asked.q !== undefined && asked.q.trim() !== "";
}

function momentOf({ asOf }: Asked): Pick<Asked, "asOf"> {
  return asOf === undefined ? {} : { asOf };
}

function pageOf({ limit, cursor }: Asked): { limit: number; cursor?: string } {
  return { limit, ...(cursor === undefined ? {} : { cursor }) };
}
