import { formatEvent } from "@kingly/codec";
import type { Event } from "@kingly/codec";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyRow } from "../src/board/apply-row.ts";
import { boardLimits, createBoard } from "../src/board/board.ts";
import type { Board, LogRow } from "../src/board/board.ts";
import { createBounded } from "../src/board/bounded.ts";

const id = fc.constantFrom("a", "b", "c", "run_1", "task_x", "__proto__", "constructor", "run_1.step");
const text = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }).filter((value) => value.trim() !== "");
const unit = fc.double({ min: 0, max: 1, noNaN: true });
const status = fc.constantFrom("queued", "running", "ready", "completed", "failed", "cancelled");
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ op: fc.constant("task_described" as const), task_id: id, title: text, parent_id: id, complexity: unit }),
  fc.record({ op: fc.constant("task_ready" as const), task_id: id, confidence: unit, routing: text }),
  fc.record({ op: fc.constant("status_update" as const), entity_id: id, status, progress: unit }),
  fc.record({
    op: fc.constant("run_described" as const),
    run_id: id,
    workflow_id: id,
    title: text,
    steps: fc.constantFrom([{ id: "step", name: "Step" }], [{ id: 7 }], "none", [{ id: "__proto__" }]),
  }),
  fc.record({
    op: fc.constant("task_complete" as const),
    task_id: id,
    result: text,
    next_steps: fc.constantFrom(["a", "b"], { next: ["c"] }, 7),
  }),
  fc.record({ op: fc.constant("memory_stored" as const), key: id, value: text, type: text, at: fc.nat() }),
  fc.record({ op: fc.constant("memory_forgotten" as const), key: id }),
  fc.record({ op: fc.constant("utterance_recorded" as const), utterance_id: id, text, at: fc.nat() }),
  fc.record({ op: fc.constant("reply" as const), utterance_id: id, text, by: text, state: text }),
  fc.record({ op: fc.constant("context_loaded" as const), context_id: id, summary: text }),
  fc.record({ op: fc.constant("error" as const), code: text, message: text }),
);
const line = fc.oneof({ weight: 9, arbitrary: event.map(formatEvent) }, { weight: 1, arbitrary: fc.string() });
const rows: fc.Arbitrary<readonly LogRow[]> = fc
  .array(fc.record({ line, at: fc.nat(), cid: fc.option(id, { nil: undefined }) }), { maxLength: 60 })
  .map((all) =>
    all.map(({ line, at, cid }, index) => ({ seq: index + 1, line, at, ...(cid === undefined ? {} : { cid }) })),
  );

const boardOf = (rows: readonly LogRow[], board: Board = createBoard()): Board => {
  for (const row of rows) applyRow(board, row);
  return board;
};
const contents = (board: Board): unknown => ({
  seq: board.seq,
  tasks: board.tasks.values(),
  runs: board.runs.values(),
  memories: board.memories.values(),
  turns: board.turns.values(),
  notices: board.notices.values(),
});
const row = (seq: number, told: Event): LogRow => ({ seq, line: formatEvent(told), at: seq });

describe("board", () => {
  test("[G12] the same rows give the same board, and rows that come again change nothing", () => {
    fc.assert(
      fc.property(rows, fc.nat(60), (all, again) => {
        const once = contents(boardOf(all));
        expect(contents(boardOf(all))).toEqual(once);
        expect(contents(boardOf([...all, ...all.slice(again), ...all]))).toEqual(once);
      }),
    );
  });

  test("[G12] a beginning and the rest make the whole, also when they overlap", () => {
    fc.assert(
      fc.property(rows, fc.nat(60), fc.nat(60), (all, cut, back) => {
        const board = boardOf(all.slice(0, cut));
        expect(contents(boardOf(all.slice(Math.max(0, cut - back)), board))).toEqual(contents(boardOf(all)));
      }),
    );
  });

  test("[G12] a line that cannot be read changes nothing but the seq", () => {
    const before = boardOf([row(1, { op: "task_described", task_id: "t", title: "One" })]);
    const bad = [
      "",
      "su:",
      "??",
      "tc",
      "su:t",
      "ta#bad cid:t|x",
      "x".repeat(70_000),
      "su:t|completed|9e99|{",
      "\u0000",
    ];
    const after = boardOf([row(1, { op: "task_described", task_id: "t", title: "One" })]);
    for (const [index, line] of bad.entries()) applyRow(after, { seq: index + 2, line, at: 5 });
    expect(contents(after)).toEqual({ ...(contents(before) as object), seq: bad.length + 1 });
  });

  test("[G12] each kind keeps its newest and no more", () => {
    const board = createBoard();
    let seq = 0;
    const tell = (told: Event): void => applyRow(board, row((seq += 1), told));
    for (let n = 0; n < 1100; n += 1) {
      tell({ op: "task_described", task_id: `task_${n}`, title: "T" });
      tell({ op: "run_described", run_id: `run_${n}`, workflow_id: "w" });
      tell({ op: "memory_stored", key: `k${n}`, value: "v" });
      tell({ op: "utterance_recorded", utterance_id: `u${n}`, text: "hi" });
      tell({ op: "error", code: "e", message: "m" });
    }
    expect(board.tasks.size).toBe(boardLimits.tasks);
    expect(board.runs.size).toBe(boardLimits.runs);
    expect(board.memories.size).toBe(boardLimits.memories);
    expect(board.turns.size).toBe(boardLimits.turns);
    expect(board.notices.size).toBe(boardLimits.notices);
    expect(board.tasks.get("task_1099")).toBeDefined();
    expect(board.tasks.get("task_99")).toBeUndefined();
  });

  test("[G12] a turn keeps its newest replies, however many come", () => {
    const board = boardOf([row(1, { op: "utterance_recorded", utterance_id: "u", text: "hi" })]);
    for (let seq = 2; seq < 500; seq += 1)
      applyRow(board, row(seq, { op: "reply", utterance_id: "u", text: `${seq}` }));
    expect(board.turns.get("u")?.replies).toHaveLength(20);
    expect(board.turns.get("u")?.replies.at(-1)?.text).toBe("499");
  });

  test("[G12] a run, its steps and its end stand as they were told", () => {
    const board = boardOf(
      [
        {
          op: "run_described",
          run_id: "run_1",
          workflow_id: "w",
          title: "Run",
          steps: [{ id: "a", name: "A" }, { id: "b" }],
        },
        { op: "status_update", entity_id: "run_1", status: "running", progress: 0 },
        { op: "status_update", entity_id: "run_1.a", status: "completed", progress: 1 },
        { op: "status_update", entity_id: "run_1", status: "running", progress: 0.5 },
        { op: "task_described", task_id: "task_n", title: "Next one" },
        { op: "task_complete", task_id: "run_1", result: "success", next_steps: { next: ["task_n", "task_gone"] } },
      ].map((told, index) => row(index + 1, told as Event)),
    );
    expect(board.runs.get("run_1")).toMatchObject({
      status: "running",
      progress: 0.5,
      result: "success",
      steps: [
        { id: "a", name: "A", status: "completed" },
        { id: "b", name: "b", status: "pending" },
      ],
    });
    expect(board.notices.values()).toMatchObject([
      { kind: "complete", title: "Run", text: "success. Next: Next one; task_gone" },
    ]);
  });

  test("[G12] what is told of nothing that is known leaves no trace", () => {
    const board = boardOf(
      [
        { op: "status_update", entity_id: "task_gone", status: "running" },
        { op: "task_ready", task_id: "task_gone", confidence: 1 },
        { op: "task_complete", task_id: "task_gone", result: "success" },
        { op: "reply", utterance_id: "gone", text: "hi" },
        { op: "memory_forgotten", key: "gone" },
      ].map((told, index) => row(index + 1, told as Event)),
    );
    expect(contents(board)).toEqual({ seq: 5, tasks: [], runs: [], memories: [], turns: [], notices: [] });
  });

  test("[G12] a bounded collection keeps the order of first telling and lets the oldest go", () => {
    const kept = createBounded<number>(2);
    kept.set("__proto__", 1);
    kept.set("b", 2);
    kept.set("__proto__", 3);
    expect(kept.values()).toEqual([3, 2]);
    kept.set("c", 4);
    expect(kept.values()).toEqual([2, 4]);
    kept.delete("b");
    expect([kept.get("b"), kept.get("constructor"), kept.size]).toEqual([undefined, undefined, 1]);
  });
});
