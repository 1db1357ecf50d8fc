import { createBoard } from "../src/board/board.ts";
import { createManualClock } from "@kingly/runtime/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { connectionWords } from "../page/src/connection-words.ts";
import { elapsedWords } from "../page/src/elapsed-words.ts";
import { pageKey } from "../page/src/key-bindings.ts";
import { openStorage } from "../page/src/open-storage.ts";
import { createPaintSchedule } from "../page/src/paint-schedule.ts";
import { takeRows } from "../page/src/take-rows.ts";
import { recalled, recallStep } from "../page/src/recall.ts";
import { runningSince } from "../page/src/running-since.ts";
import { openSessionOutbox } from "../page/src/session-outbox.ts";
import { takeToken } from "../page/src/take-token.ts";
import { isFinished, lastNews, taskTree } from "../page/src/task-tree.ts";
import type { TaskNode } from "../page/src/task-tree.ts";
import { createTicker } from "../page/src/ticker.ts";
import { exactJson } from "../page/src/exact-json.ts";
import { visibleText } from "../page/src/visible-text.ts";
import type { BoardTask } from "../src/board/board.ts";

function task(id: string, more: Partial<BoardTask> = {}): BoardTask {
  return { id, title: id, status: "queued", createdAtMs: 1, updatedAtMs: 1, ...more };
}
const idsOf = (nodes: readonly TaskNode[]): string[] =>
  nodes.flatMap(({ task, children }) => [task.id, ...idsOf(children)]);

describe("the tree of tasks", () => {
  test("what one command made stays in its order", () => {
    const made = [task("x"), task("p1", { cid: "P" }), task("p2", { cid: "P" }), task("y", { cid: "Y" })];
    expect(idsOf(taskTree(made))).toEqual(["y", "p1", "p2", "x"]);
  });

  test("newest root first, children in their order", () => {
    const trees = taskTree([task("a"), task("b"), task("a1", { parentId: "a" }), task("a2", { parentId: "a" })]);
    expect(idsOf(trees)).toEqual(["b", "a", "a1", "a2"]);
  });

  test("every task stands in exactly one place, whatever its parent is said to be", () => {
    const names = fc.constantFrom("a", "b", "c", "d", "e", "f");
    fc.assert(
      fc.property(fc.dictionary(names, fc.option(names, { nil: undefined })), (parents) => {
        const tasks = Object.entries(parents).map(([id, parentId]) =>
          task(id, parentId === undefined ? {} : { parentId }),
        );
        expect(idsOf(taskTree(tasks)).toSorted()).toEqual(Object.keys(parents).toSorted());
      }),
    );
  });

  test("a tree is finished when all of it is, and its last news is the newest in it", () => {
    const tree = (status: string): TaskNode =>
      taskTree([
        task("a", { status: "completed" }),
        task("a1", { parentId: "a", status, updatedAtMs: 9 }),
      ])[0] as TaskNode;
    expect(["completed", "failed", "cancelled", "running", "ready"].map((status) => isFinished(tree(status)))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(lastNews(tree("running"))).toBe(9);
  });
});

describe("words", () => {
  test("durations have at most two units", () => {
    const words = [0, 999, 59_999, 60_000, 80_000, 7_500_000, 86_400_000, 101_000_000, -5].map(elapsedWords);
    expect(words).toEqual(["0 s", "0 s", "59 s", "1 min", "1 min 20 s", "2 h 5 min", "1 d", "1 d 4 h", "0 s"]);
  });

  test("the connection says where it stands", () => {
    expect(connectionWords({ status: "connecting" }, 0)).toBe("Connecting");
    expect(connectionWords({ status: "waiting", retryAtMs: 2_100 }, 1_000)).toBe("Reconnecting in 2 s");
    expect(connectionWords({ status: "waiting", retryAtMs: 900 }, 1_000)).toBe("Reconnecting in 0 s");
    expect(connectionWords({ status: "open", replayed: 0, openedAtMs: 0 }, 0)).toBe("Connected");
    expect(connectionWords({ status: "open", replayed: 1, openedAtMs: 0 }, 0)).toBe("Connected, replayed 1 event");
    expect(connectionWords({ status: "open", replayed: 7, openedAtMs: 0 }, 10_000)).toBe(
      "Connected, replayed 7 events",
    );
    expect(connectionWords({ status: "open", replayed: 7, openedAtMs: 0 }, 10_001)).toBe("Connected");
    expect(connectionWords({ status: "closed" }, 0)).toBe("Disconnected");
  });

  test("[G22] arguments are shown with every sign of theirs, and read again they are the same", () => {
    const value = { "k\u202ey": ["a\u200bb\u00a0c\u2028d\u0085e\u{e0041}\ufe0f\u00ad", "\u001b[31m\n", "שלום 👋🏽 é"] };
    const shown = exactJson(value);
    expect(shown).toContain(String.raw`"k\u202ey"`);
    expect(shown).toContain(String.raw`a\u200bb\u00a0c\u2028d\u0085e\udb40\udc41\ufe0f\u00ad`);
    expect(shown).toContain("שלום 👋🏽 é");
    expect(shown.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
    expect(JSON.parse(shown)).toEqual(value);
    expect(exactJson(undefined)).toBe("null");
  });

  test("text cannot steer the terminal it never reaches, nor the direction of what follows", () => {
    expect(visibleText("a\u001b[31mb\u202ec\u2066\u0000\r\nd\te")).toBe("a\\x1b[31mbc\\x00\nd\te");
    expect(visibleText("שלום – привет 👋🏽")).toBe("שלום – привет 👋🏽");
  });
});

describe("keys", () => {
  const press = (key: string, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });
  const nowhere = { inField: false, fieldIsEmpty: false, inDialog: false };
  const empty = { inField: true, fieldIsEmpty: true, inDialog: false };
  const typing = { inField: true, fieldIsEmpty: false, inDialog: false };

  test("slash goes to the field, except in it; Ctrl-K always; the question mark never while something is typed", () => {
    expect([nowhere, empty, typing].map((place) => pageKey(press("/"), place))).toEqual([
      "focus",
      undefined,
      undefined,
    ]);
    expect([nowhere, empty, typing].map((place) => pageKey(press("?"), place))).toEqual(["help", "help", undefined]);
    expect([nowhere, typing].map((place) => pageKey(press("k", { ctrlKey: true }), place))).toEqual(["focus", "focus"]);
    expect(pageKey(press("/", { ctrlKey: true }), nowhere)).toBeUndefined();
    expect(pageKey(press("k"), nowhere)).toBeUndefined();
  });

  test("in a dialog they do nothing", () => {
    const place = { ...nowhere, inDialog: true };
    expect(["/", "?"].map((key) => pageKey(press(key), place))).toEqual([undefined, undefined]);
  });

  test("what was said comes back step by step and stays at its ends", () => {
    const said = ["one", "two"];
    const first = recallStep(said, undefined, "older");
    const second = recallStep(said, first, "older");
    expect([first, second, recallStep(said, second, "older")].map((place) => recalled(said, place))).toEqual([
      "two",
      "one",
      "one",
    ]);
    expect(recallStep(said, first, "newer")).toBeUndefined();
    expect(recallStep(said, undefined, "newer")).toBeUndefined();
    expect(recallStep([], undefined, "older")).toBeUndefined();
    expect(recalled(said, undefined)).toBe("");
  });
});

describe("the outbox of a tab", () => {
  function createStorage(maxLength = 1_000_000) {
    const texts = new Map<string, string>();
    return {
      getItem: (key: string) => texts.get(key) ?? null,
      setItem(key: string, text: string) {
        if (text.length > maxLength) throw new Error("quota");
        texts.set(key, text);
      },
    };
  }

  test("what is not settled survives a reload, in its order; what is settled does not", () => {
    const storage = createStorage();
    const before = openSessionOutbox(storage, () => 5);
    for (const id of ["a", "b", "c"]) before.add(id, { text: id });
    before.add("a", { text: "a" });
    void before.remove("b");
    const after = openSessionOutbox(storage, () => 9);
    expect(after.waiting()).toEqual([
      { id: "a", text: "a", atMs: 5 },
      { id: "c", text: "c", atMs: 5 },
    ]);
    expect(after.list(0, 10)).toMatchObject([
      { order: 1, id: "a", body: { text: "a" } },
      { order: 2, id: "c", body: { text: "c" } },
    ]);
    after.add("d", { text: "d" });
    expect(after.list(1, 1)).toMatchObject([{ id: "c" }]);
    expect(after.list(2, 9)).toMatchObject([{ order: 3, id: "d" }]);
  });

  test("a full outbox, or a browser without room, says so and keeps nothing of it", () => {
    const outbox = openSessionOutbox(createStorage(), () => 0);
    for (let at = 0; at < 200; at += 1) expect(outbox.add(`a${at}`, { text: "x" }).ok).toBe(true);
    expect(outbox.add("more", { text: "x" })).toMatchObject({ ok: false, error: { code: "outbox_full" } });
    const small = openSessionOutbox(createStorage(60), () => 0);
    expect(small.add("a", { text: "x".repeat(60) })).toMatchObject({ ok: false, error: { code: "outbox_full" } });
    expect(small.waiting()).toEqual([]);
  });

  test("what cannot be read is nothing", () => {
    const storage = createStorage();
    storage.setItem("kingly.outbox.2", "{");
    expect(openSessionOutbox(storage, () => 0).waiting()).toEqual([]);
  });
});

describe("the frame around it", () => {
  test("the token leaves the address", () => {
    const addresses: string[] = [];
    const history = { replaceState: (_: unknown, __: string, url: string) => void addresses.push(url) };
    const at = (hash: string) => takeToken({ hash, pathname: "/", search: "?a=1" }, history);
    expect(at("#token=a%2Fb+c")).toBe("a/b+c");
    expect(at("#token=%")).toBe("%");
    expect([at(""), at("#token="), at("#other")]).toEqual([undefined, undefined, undefined]);
    expect(addresses).toEqual(["/?a=1", "/?a=1"]);
  });

  test("any number of changes is one paint, in the next frame, or soon when there are no frames", () => {
    const clock = createManualClock();
    const frames: (() => void)[] = [];
    let hidden = false;
    let painted = 0;
    const schedule = createPaintSchedule(
      { clock, isHidden: () => hidden, nextFrame: (run) => void frames.push(run) },
      () => (painted += 1),
    );
    schedule.soon();
    schedule.soon();
    frames.shift()?.();
    clock.advance(1_000);
    expect([painted, frames.length]).toEqual([1, 0]);
    schedule.soon();
    clock.advance(1_000);
    expect(painted).toBe(2);
    hidden = true;
    schedule.soon();
    schedule.soon();
    clock.advance(1);
    expect(painted).toBe(3);
  });

  test("[G98] how far things have come is painted ten times a second at most, a completion at once and all of it with it", () => {
    const clock = createManualClock();
    let painted = 0;
    const { soon, later } = createPaintSchedule(
      { clock, isHidden: () => true, nextFrame: () => {} },
      () => (painted += 1),
    );
    for (let ms = 0; ms < 1_000; ms += 5) {
      later();
      clock.advance(5);
    }
    expect(painted).toBeLessThanOrEqual(10);
    const before = painted;
    later();
    soon();
    clock.advance(1);
    expect(painted).toBe(before + 1);
    clock.advance(1_000);
    expect(painted).toBe(before + 1);
  });

  test("[G98] rows of how far something has come are no hurry, and are news to what is asked only while something is", () => {
    const news = (line: string, hasAsks = false): object => {
      const { isUrgent, movesAsks } = takeRows(
        [{ seq: 1, line, at: 1 }],
        createBoard(),
        { takeRow: () => false },
        hasAsks,
      );
      return { isUrgent, movesAsks };
    };
    expect(news("su#a:run_1|running|0.5")).toEqual({ isUrgent: false, movesAsks: false });
    expect(news("su#a:run_1|running|0.5", true)).toEqual({ isUrgent: false, movesAsks: true });
    expect(news("su#a:run_1.step|waiting_approval|0")).toEqual({ isUrgent: false, movesAsks: true });
    expect(news("su#a:task_1|cancelled|0")).toEqual({ isUrgent: false, movesAsks: true });
    expect(news("tc#a:run_1|success|{}")).toEqual({ isUrgent: true, movesAsks: false });
  });

  test("the ticker sets no timer while nobody listens", () => {
    const clock = createManualClock();
    const ticker = createTicker(clock);
    let ticks = 0;
    expect(clock.pendingTimers()).toBe(0);
    const stop = ticker.subscribe(() => (ticks += 1));
    clock.advance(3_000);
    expect(ticks).toBe(3);
    stop();
    expect(clock.pendingTimers()).toBe(0);
  });

  test("what runs, runs since it was first seen running", () => {
    const at = (status: string, updatedAtMs: number) => [task("a", { status, updatedAtMs })];
    const first = runningSince(new Map(), at("running", 5));
    expect(runningSince(first, at("running", 9)).get("a")).toBe(5);
    expect(runningSince(first, at("completed", 9)).size).toBe(0);
  });
});

test("[G99] a browser that forbids its storage gets a page that forgets with a reload, not a blank one", () => {
  const forbidden = openStorage(() => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  });
  forbidden.setItem("kingly.preview", "on");
  expect([forbidden.getItem("kingly.preview"), forbidden.getItem("other")]).toEqual(["on", null]);
  const texts = new Map([["kingly.preview", "off"]]);
  const allowed = openStorage(() => ({
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => void texts.set(key, text),
  }));
  expect(allowed.getItem("kingly.preview")).toBe("off");
});
