import type { DoorAnswer, DoorCall } from "@kingly/door";
import type { Answer } from "@kingly/link";
import { describe, expect, test } from "vitest";
import { applyRow } from "../src/board/apply-row.ts";
import { createBoard } from "../src/board/board.ts";
import { createListRoute } from "../src/routes/lists.ts";
import { openNamed } from "../src/routes/named-workspace.ts";
import { staleMemory, staleTask, staleTasks, staleWorkflows } from "../src/routes/stale-lists.ts";
import type { Workspace } from "../src/workspace.ts";
import { createWorkspaces, maxWorkspaces } from "../src/workspaces.ts";
import type { Workspaces } from "../src/workspaces.ts";
import { owner } from "../src/people.ts";

const offline: Answer = { ok: false, error: { code: "offline", message: "the link is not open" } };

function workspacesWith(answer: Answer, asked: unknown[] = []): Workspaces {
  const board = createBoard();
  const told = [
    "ta:t1|Login page|||0.25",
    "tr:t1|0.9|one_shot",
    "ta:t2|Landing page|t1",
    "me:tea|I like tea",
    "me:sea|I like the sea",
    "wr:run_1|planning|Plan",
  ];
  for (const [index, line] of told.entries()) applyRow(board, { seq: index + 1, line, at: index + 1 });
  const workspace: Partial<Workspace> = {
    id: "default",
    board: () => board,
    ask: async (question, params) => {
      asked.push([question, params]);
      return answer;
    },
  };
  return createWorkspaces(async () => workspace as Workspace);
}

const call = (query: string, params: Record<string, string> = {}): DoorCall =>
  ({ url: new URL(`http://x/v1/things${query}`), params }) as Partial<DoorCall> as DoorCall;
const bodyOf = (answer: DoorAnswer): [number, unknown] =>
  answer === "streamed" || !("json" in answer) ? [0, undefined] : [answer.status, answer.json];
const codeOf = (answer: DoorAnswer): [number, string] => {
  const [status, json] = bodyOf(answer);
  return [status, (json as { error: { code: string } }).error.code];
};

describe("lists", () => {
  test("[G10] the back is asked with the parameters, and its answer is given as it is", async () => {
    const asked: unknown[] = [];
    const route = createListRoute(
      { workspaces: workspacesWith({ ok: true, value: { items: [1], next: "x" } }, asked), personOf: () => owner },
      "tasks",
    );
    expect(bodyOf(await route(call("?limit=7&cursor=c&asOf=5&validAt=6&believedAt=7&q=a%20b&other=1")))).toEqual([
      200,
      { items: [1], next: "x" },
    ]);
    await route(call("", { id: "t1" }));
    expect(asked).toEqual([
      ["tasks", { limit: 7, cursor: "c", asOf: "5", validAt: "6", believedAt: "7", q: "a b" }],
      ["tasks", { limit: 50, id: "t1" }],
    ]);
  });

  test("[G10] when the back is away the board answers and says that it is stale", async () => {
    const workspaces = workspacesWith(offline);
    const tasks = createListRoute({ workspaces, personOf: () => owner }, "tasks", staleTasks);
    expect(bodyOf(await tasks(call("?limit=1")))).toEqual([
      200,
      {
        items: [
          {
            id: "t2",
            title: "Landing page",
            status: "queued",
            confidence: null,
            complexity: null,
            parentId: "t1",
            createdAtMs: 3,
            updatedAtMs: 3,
          },
        ],
        next: null,
        stale: true,
      },
    ]);
    expect(bodyOf(await tasks(call("?q=LOGIN")))).toMatchObject([
      200,
      { items: [{ id: "t1", confidence: 0.9, complexity: 0.25 }] },
    ]);
    const memory = createListRoute({ workspaces, personOf: () => owner }, "memory", staleMemory);
    expect(bodyOf(await memory(call("?q=like%20TEA")))).toMatchObject([200, { items: [{ key: "tea" }], stale: true }]);
    expect(bodyOf(await memory(call("")))).toMatchObject([200, { items: [{ key: "sea" }, { key: "tea" }] }]);
    const runs = createListRoute({ workspaces, personOf: () => owner }, "workflows", staleWorkflows);
    expect(bodyOf(await runs(call("")))).toMatchObject([200, { items: [{ id: "run_1", title: "Plan" }], stale: true }]);
    const one = createListRoute({ workspaces, personOf: () => owner }, "task", staleTask);
    expect(bodyOf(await one(call("", { id: "t1" })))).toMatchObject([200, { id: "t1", stale: true }]);
    expect(codeOf(await one(call("", { id: "gone" })))).toEqual([404, "not_found"]);
    expect(codeOf(await one(call("", { id: "__proto__" })))).toEqual([404, "not_found"]);
  });

  test.each(["?asOf=5", "?validAt=5", "?believedAt=5", "?cursor=abc"])(
    "[G10] the board does not answer %s: it knows no past and no page",
    async (query) => {
      const tasks = createListRoute(
        { workspaces: workspacesWith(offline), personOf: () => owner },
        "tasks",
        staleTasks,
      );
      const answer = await tasks(call(query));
      expect(codeOf(answer)).toEqual([503, "orchestrator_away"]);
      expect(JSON.stringify(bodyOf(answer)).includes("the past")).toBe(!query.includes("cursor"));
    },
  );

  test("[G10] what the board cannot know is orchestrator_away", async () => {
    const projects = createListRoute({ workspaces: workspacesWith(offline), personOf: () => owner }, "projects");
    expect(codeOf(await projects(call("")))).toEqual([503, "orchestrator_away"]);
  });

  test.each([
    ["not_found", 404],
    ["invalid_query", 400],
    ["not_supported", 400],
    ["constructor", 503],
    ["__proto__", 503],
  ])("[G10] the back's refusal %s is given as %d", async (code, status) => {
    const answer: Answer = { ok: false, error: { code, message: "why" } };
    const route = createListRoute({ workspaces: workspacesWith(answer), personOf: () => owner }, "projects");
    expect(codeOf(await route(call("")))[0]).toBe(status);
  });

  test.each([
    "?limit=0",
    "?limit=201",
    "?limit=",
    "?limit=1e2",
    "?limit=-1",
    "?limit=5.5",
    "?workspace=",
    "?workspace=a%2Fb",
  ])("[G5] %s is invalid_query", async (query) => {
    const route = createListRoute({ workspaces: workspacesWith(offline), personOf: () => owner }, "tasks", staleTasks);
    expect(codeOf(await route(call(query)))).toEqual([400, "invalid_query"]);
  });

  test("[G5] workspaces are opened once, and no more than 64", async () => {
    let openings = 0;
    const workspaces = createWorkspaces(async (id) => {
      openings += 1;
      return { id } as Partial<Workspace> as Workspace;
    });
    const names = Array.from({ length: maxWorkspaces + 6 }, (_, n) => `w${n}`);
    const opened = await Promise.all([...names, ...names].map((name) => openNamed(workspaces, name)));
    expect(openings).toBe(maxWorkspaces);
    expect(opened.filter((one) => one.ok)).toHaveLength(maxWorkspaces * 2);
    expect(opened.flatMap((one) => (one.ok ? [] : [one.refusal.code]))).toEqual(
      Array.from({ length: 12 }, () => "busy"),
    );
    expect((await openNamed(workspaces, "w3")).ok).toBe(true);
  });

  test("[G5] a workspace that could not be opened is tried again, and takes no place", async () => {
    let isBroken = true;
    const workspaces = createWorkspaces(async (id) => {
      if (isBroken) throw new Error("no file");
      return { id } as Partial<Workspace> as Workspace;
    });
    for (let n = 0; n < 100; n += 1) await expect(openNamed(workspaces, `w${n}`)).rejects.toThrow("no file");
    isBroken = false;
    expect((await openNamed(workspaces, "w0")).ok).toBe(true);
  });
});
