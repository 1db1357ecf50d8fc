import { formatEvent } from "@kingly/codec";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { laterState, stateAfter, turnState } from "../src/board/turn-state.ts";
import type { TurnState } from "../src/board/turn-state.ts";
import { createTurns } from "../src/turns.ts";

const order: readonly TurnState[] = ["heard", "recorded", "accepted", "running", "done", "cancelled", "failed"];
const state = fc.constantFrom(...order);
const su = (cid: string, entityId: string, status: string): string =>
  formatEvent({ op: "status_update", cid, entity_id: entityId, status });

describe("turn states", () => {
  test.each([
    [su("c", "task_c", "queued"), "accepted"],
    [su("c", "task_c", "ready"), undefined],
    [su("c", "task_c", "split"), undefined],
    [su("c", "run_c", "running"), "running"],
    [su("c", "run_c.step", "completed"), undefined],
    [su("c", "run_c.step", "failed"), undefined],
    [su("c", "run_c", "completed"), "done"],
    [su("c", "run_c", "failed"), "failed"],
    [formatEvent({ op: "task_complete", cid: "c", task_id: "run_c", result: "success" }), "done"],
    [formatEvent({ op: "context_loaded", cid: "c", context_id: "x" }), "done"],
    [formatEvent({ op: "memory_stored", cid: "c", key: "k", value: 1 }), "done"],
    [formatEvent({ op: "error", cid: "c", code: "x" }), "failed"],
    [formatEvent({ op: "task_described", cid: "c", task_id: "t", title: "x" }), undefined],
    [formatEvent({ op: "task_ready", cid: "c", task_id: "t", confidence: 1 }), undefined],
    ["no line", undefined],
  ])("[G13] %s brings its command to %s", (line, expected) => {
    expect(stateAfter(line)).toBe(expected);
  });

  test("[G13] a turn is as far as its slowest command, and a failed one shows", () => {
    fc.assert(
      fc.property(fc.array(state, { minLength: 1 }), (commands) => {
        const turn = turnState(commands);
        const slowest = order[Math.min(...commands.map((one) => order.indexOf(one)))];
        const isOver = slowest === "done" || slowest === "cancelled";
        const ended = commands.includes("cancelled") ? "cancelled" : "done";
        expect(turn).toBe(commands.includes("failed") ? "failed" : isOver ? ended : slowest);
      }),
    );
  });

  test("[G13] the later of two states is the same in either order, and never earlier than either", () => {
    fc.assert(
      fc.property(state, state, (a, b) => {
        expect(laterState(a, b)).toBe(laterState(b, a));
        expect(order.indexOf(laterState(a, b))).toBe(Math.max(order.indexOf(a), order.indexOf(b)));
      }),
    );
  });

  test("[G13] no state goes back, and repeats in any order end the same", () => {
    const news = fc.array(
      fc.tuple(fc.constantFrom("a", "b"), fc.constantFrom("queued", "ready", "running", "completed", "failed")),
      { maxLength: 20 },
    );
    const endOf = (told: readonly (readonly [string, string])[], heard: TurnState[] = []): TurnState | undefined => {
      const turns = createTurns();
      turns.follow("u", "recorded", ["a", "b"]);
      turns.watch("u", (next) => heard.push(next));
      for (const [cid, status] of told) turns.onRow({ seq: 1, line: su(cid, `task_${cid}`, status), cid, at: 0 });
      return turns.stateOf("u");
    };
    fc.assert(
      fc.property(news, fc.array(fc.nat(), { maxLength: 20 }), (told, picks) => {
        const heard: TurnState[] = [];
        const end = endOf(told, heard);
        const places = heard.map((one) => order.indexOf(one));
        expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b));
        const repeats = told.length === 0 ? [] : picks.map((pick) => told[pick % told.length] as [string, string]);
        expect(endOf([...told.toReversed(), ...repeats])).toBe(end);
      }),
    );
  });

  test("[G13] rows of other commands, of no command and of no turn change nothing", () => {
    const turns = createTurns();
    turns.follow("u", "recorded", ["a"]);
    turns.onRow({ seq: 1, line: su("b", "task_b", "completed"), cid: "b", at: 0 });
    turns.onRow({ seq: 2, line: su("a", "task_a", "completed"), at: 0 });
    turns.onRow({ seq: 3, line: "nonsense", cid: "a", at: 0 });
    expect([turns.stateOf("u"), turns.stateOf("other")]).toEqual(["recorded", undefined]);
  });

  test("[G13] a command that the back refuses outside of its log shows as failed", () => {
    const turns = createTurns();
    const heard: TurnState[] = [];
    turns.follow("u", "recorded", ["a", "b"]);
    turns.watch("u", (next) => heard.push(next));
    turns.onRefused("b");
    turns.onRefused("unknown");
    expect(heard).toEqual(["failed"]);
  });

  test("[G13] an id that is said again and again holds only the newest listeners", () => {
    const turns = createTurns();
    turns.follow("u", "recorded", ["a"]);
    let called = 0;
    for (let n = 0; n < 1000; n += 1) turns.watch("u", () => (called += 1));
    turns.onRow({ seq: 1, line: su("a", "task_a", "queued"), cid: "a", at: 0 });
    expect(called).toBe(16);
  });
});

describe("a cancelled turn", () => {
  test("[G13] what a command made is cancelled by whomever: the command is, the one that cancelled is done", () => {
    const turns = createTurns();
    const heard: string[] = [];
    turns.follow("made", "recorded", ["a", "b"]);
    turns.follow("stopped", "recorded", ["c"]);
    for (const id of ["made", "stopped"]) turns.watch(id, (next) => heard.push(`${id} ${next}`));
    const tell = (cid: string, entityId: string, status: string): void =>
      turns.onRow({ seq: 1, line: su(cid, entityId, status), cid, at: 0 });
    for (const cid of ["a", "b"]) tell(cid, `run_${cid}`, "running");
    tell("c", "run_a:cancel", "queued");
    tell("c", "run_a", "cancelled");
    expect(turns.stateOf("made")).toBe("running");
    tell("c", "run_a:cancel", "completed");
    tell("b", "run_b", "completed");
    expect(heard).toEqual(["made running", "stopped accepted", "stopped done", "made cancelled"]);
    // What comes late takes nothing back, and a step or a task of another turn is none of theirs.
    tell("a", "run_a", "completed");
    tell("c", "run_b.step", "cancelled");
    tell("x", "task_unknown", "cancelled");
    expect(turns.stateOf("made")).toBe("cancelled");
  });
});
