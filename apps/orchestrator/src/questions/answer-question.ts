import type { Answer } from "@kingly/link";
import { isStoreError } from "@kingly/store";
import type { Task } from "@kingly/store";
import { bodyOf } from "../announce-events.ts";
import type { Back } from "../back.ts";
import { checkReadiness } from "../check-readiness.ts";
import type { ReadinessDeps } from "../check-readiness.ts";

/** Answers questions about one workspace; changes nothing. Unknown ones and bad parameters are answers too. [O16] */
export function createAnswerQuestion(
  back: Back,
  readiness: ReadinessDeps,
): (workspaceId: string, question: string, params: unknown) => Promise<Answer> {
  return async (workspaceId, question, params) => {
    const answer = answers.get(question);
    if (answer === undefined) return fail("unknown_question", `Nobody here answers ${question.slice(0, 64)}.`);
    const asked = readParameters(params);
    if (asked.asOf !== undefined) {
      return fail("not_supported", "asOf is not answered yet: every list shows what is believed now.");
    }
    try {
      for (let limit = asked.limit; ; limit = Math.floor(limit / 2)) {
        const given = await answer({ back, readiness, workspaceId, asked: { ...asked, limit } });
        // A page that no frame can carry is given in smaller ones; its `next` continues it.
        if (!given.ok || limit === 1 || Buffer.byteLength(JSON.stringify(given.value)) <= maxAnswerBytes) return given;
      }
    } catch (thrown) {
      if (isStoreError(thrown)) return fail("invalid_query", thrown.message);
      throw thrown;
    }
  };
}

// A frame of the link holds 65,536 bytes.
const maxAnswerBytes = 60_000;

interface Asked {
  readonly limit: number;
  readonly after: number;
  readonly cursor?: string;
  readonly asOf?: string;
  readonly q?: string;
  readonly id?: string;
}

interface Asking {
  readonly back: Back;
  readonly readiness: ReadinessDeps;
  readonly workspaceId: string;
  readonly asked: Asked;
}

type Answering = (asking: Asking) => Answer | Promise<Answer>;

const answers: ReadonlyMap<string, Answering> = new Map<string, Answering>([
  [
    "tasks",
    async ({ back, workspaceId, asked }) => {
      if (asked.q !== undefined) {
        return ok({ items: back.store.tasks.search(workspaceId, asked.q, asked.limit).map(taskItem), next: null });
      }
      const page = await back.store.tasks.list(workspaceId, pageOf(asked));
      return ok({ items: page.items.map(taskItem), next: page.next });
    },
  ],
  [
    "task",
    ({ back, workspaceId, asked }) => {
      const task = back.store.tasks.get(workspaceId, asked.id ?? "");
      return task === undefined ? fail("not_found", `There is no task ${asked.id ?? ""}.`) : ok(taskItem(task));
    },
  ],
  ["projects", async ({ back, workspaceId, asked }) => ok(await back.store.projects.list(workspaceId, pageOf(asked)))],
  ["workspaces", ({ back, asked }) => ok({ items: back.store.workspaces.list().slice(0, asked.limit), next: null })],
  [
    "workflows",
    async ({ back, workspaceId, asked }) => {
      const page = await back.store.runs.list(workspaceId, pageOf(asked));
      return ok({
        items: page.items.map(({ definition: _definition, ...run }) => run),
        next: page.next,
        definitions: definitionsOf(back),
        broken: back.workflows().broken,
      });
    },
  ],
  ["definitions", ({ back }) => ok(definitionsOf(back))],
  [
    "memory",
    async ({ back, workspaceId, asked }) => {
      if (asked.q === undefined || asked.q.trim() === "")
        return ok(await back.store.memory.list(workspaceId, pageOf(asked)));
      return ok({ items: back.store.memory.search(workspaceId, asked.q, asked.limit), next: null });
    },
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
  ["readiness", ({ readiness }) => ok(checkReadiness(readiness).checks)],
]);

function definitionsOf(back: Back): readonly { id: string; name: string; description: string; version: number }[] {
  return [...back.workflows().byId.values()].map(({ id, name, description = "", version }) => ({
    id,
    name,
    description,
    version,
  }));
}

function taskItem(task: Task): unknown {
  const {
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
    routingDecision,
    projectId,
  } = task;
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
  };
}

function readParameters(params: unknown): Asked {
  const given: Readonly<Record<string, unknown>> = typeof params === "object" && params !== null ? { ...params } : {};
  const text = (name: "cursor" | "asOf" | "q" | "id"): Partial<Asked> => {
    const value = given[name];
    return typeof value === "string" ? { [name]: value } : {};
  };
  const number = (value: unknown, least: number, most: number, otherwise: number): number =>
    typeof value === "number" && Number.isInteger(value) ? Math.min(most, Math.max(least, value)) : otherwise;
  return {
    limit: number(given["limit"], 1, 200, 50),
    after: number(given["after"], 0, Number.MAX_SAFE_INTEGER, 0),
    ...text("cursor"),
    ...text("asOf"),
    ...text("q"),
    ...text("id"),
  };
}

function pageOf({ limit, cursor }: Asked): { limit: number; cursor?: string } {
  return { limit, ...(cursor === undefined ? {} : { cursor }) };
}

function ok(value: unknown): Answer {
  return { ok: true, value };
}

function fail(code: string, message: string): Answer {
  return { ok: false, error: { code, message } };
}
