import { formatEvent } from "@kingly/codec";
import { describe, expect, test } from "vitest";
import { applyRow } from "../src/board/apply-row.ts";
import { createBoard } from "../src/board/board.ts";
import { createBoardView } from "../src/board-view.ts";

const now = { nowMs: 5, backConnected: true, utcOffsetMinutes: 60, workflows: [{ id: "w", name: "W" }] };

describe("board view", () => {
  test("[G11] the lists are made again only when the board has changed; what is of the moment is always new", () => {
    const board = createBoard();
    const view = createBoardView(board);
    applyRow(board, { seq: 1, line: formatEvent({ op: "task_described", task_id: "t", title: "One" }), at: 3 });
    const first = view(now);
    expect(first).toMatchObject({ ...now, tasks: [{ id: "t", title: "One", status: "queued", updatedAtMs: 3 }] });
    const { tasks } = first;
    const second = view({ ...now, nowMs: 6, backConnected: false });
    expect([second.nowMs, second.backConnected, second.tasks === tasks]).toEqual([6, false, true]);
    applyRow(board, { seq: 2, line: formatEvent({ op: "memory_stored", key: "k", value: { a: 1 } }), at: 4 });
    expect(view(now).tasks).not.toBe(tasks);
    expect(view(now).memories).toEqual([{ key: "k", value: '{"a":1}', type: "semantic", atMs: 4 }]);
  });

  test("[G11] a turn is shown with its newest reply, or with none", () => {
    const board = createBoard();
    const view = createBoardView(board);
    const told = ["ut:u1|first|1", "rp:u1|one", "rp:u1|two", "ut:u2|second|2"];
    for (const [index, line] of told.entries()) applyRow(board, { seq: index + 1, line, at: index });
    expect(view(now).conversation).toEqual([
      { utteranceId: "u1", text: "first", reply: "two", atMs: 1 },
      { utteranceId: "u2", text: "second", reply: "", atMs: 2 },
    ]);
  });
});
