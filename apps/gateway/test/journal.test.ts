import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Worker } from "node:worker_threads";
import { createSystemClock } from "@kingly/runtime";
import { createManualClock } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { JournalError, openJournal } from "../src/journal/journal.ts";
import type { Journal } from "../src/journal/journal.ts";
import { journalLimits } from "../src/journal/journal-store.ts";
import type { Recording } from "../src/journal/journal-store.ts";
import { later, makeFolder, openTestJournal } from "./house.ts";

const recording = (id: string, extra: Partial<Recording> = {}): Recording => ({
  workspace: "w",
  person: "owner",
  id,
  text: `text of ${id}`,
  atMs: 5,
  answer: `{"id":"${id}"}`,
  outbox: [{ id: `c_${id}`, body: "{}" }],
  ...extra,
});
const codeOf = async (doing: Promise<unknown>): Promise<string> =>
  doing.then(
    () => "none",
    (thrown: unknown) => (thrown instanceof JournalError ? thrown.code : String(thrown)),
  );
const outboxOf = async (journal: Journal): Promise<readonly string[]> =>
  (await journal.contents()).outbox.map((entry) => entry.id);

describe("journal", () => {
  test("[G3] a new utterance is recorded, the same again gives the first answer, another text is a conflict", async () => {
    const journal = await openTestJournal();
    expect(await journal.record(recording("u"))).toEqual({ status: "new", answer: '{"id":"u"}', atMs: 5 });
    const again = recording("u", { answer: "another", atMs: 9, outbox: [{ id: "c2", body: "{}" }] });
    expect(await journal.record(again)).toEqual({ status: "repeat", answer: '{"id":"u"}', atMs: 5 });
    expect(await journal.record(recording("u", { text: "other" }))).toEqual({ status: "conflict" });
    expect((await journal.record(recording("u", { workspace: "v" }))).status).toBe("new");
    expect(await outboxOf(journal)).toEqual(["c_u", "c_u"]);
  });

  test("[G3] ids that objects know are ids like any other", async () => {
    const journal = await openTestJournal();
    for (const id of ["__proto__", "constructor", "toString"]) {
      expect((await journal.record(recording(id))).status).toBe("new");
      expect((await journal.record(recording(id))).status).toBe("repeat");
    }
  });

  test("[G3] said fifty times at once an utterance has one row and one effect", async () => {
    const journal = await openTestJournal();
    const all = await Promise.all(Array.from({ length: 50 }, () => journal.record(recording("u"))));
    expect(all.filter((one) => one.status === "new")).toHaveLength(1);
    expect(all.filter((one) => one.status === "repeat" && one.answer === '{"id":"u"}')).toHaveLength(49);
    expect(await outboxOf(journal)).toEqual(["c_u"]);
  });

  test("[G3] utterance and outbox are one transaction: when one cannot be kept, neither is", async () => {
    const journal = await openTestJournal();
    await journal.record(recording("a"));
    // The outbox refuses the second entry: its id is taken.
    const broken = recording("b", {
      outbox: [
        { id: "c_b", body: "{}" },
        { id: "c_a", body: "{}" },
      ],
    });
    expect(await codeOf(journal.record(broken))).toBe("CONSTRAINT");
    expect(await outboxOf(journal)).toEqual(["c_a"]);
    expect((await journal.record(recording("b"))).status).toBe("new");
  });

  test("[G3] an id is known for 30 days, also after a restart", async () => {
    const path = join(makeFolder(), "gateway.db");
    const dayMs = 86_400_000;
    const first = await openTestJournal(path);
    await first.record(recording("u", { atMs: dayMs }));
    await first.close();
    const before = await openTestJournal(path, dayMs * 31);
    expect((await before.record(recording("u", { atMs: dayMs * 31 }))).status).toBe("repeat");
    await before.close();
    const after = await openTestJournal(path, dayMs * 31 + 1);
    expect(await after.answers("w", 10)).toEqual([]);
  });

  test("[G6] the outbox keeps the order of recording through settling and restarts", async () => {
    const path = join(makeFolder(), "gateway.db");
    const first = await openTestJournal(path);
    for (const id of ["z", "a", "m"]) await first.record(recording(id));
    await first.settle("w", ["c_z", "c_unknown"]);
    await first.settle("other", ["c_a"]);
    await first.close();
    const second = await openTestJournal(path);
    await second.settle("w", ["c_a", "c_m"]);
    await second.record(recording("n"));
    await second.record(recording("b"));
    await second.close();
    expect(await outboxOf(await openTestJournal(path))).toEqual(["c_n", "c_b"]);
  });

  test("[G3] the newest answers are given in the order of saying", async () => {
    const journal = await openTestJournal();
    for (const id of ["z", "a", "m"]) await journal.record(recording(id));
    expect(await journal.answers("w", 2)).toEqual([
      { person: "owner", text: "text of a", answer: '{"id":"a"}' },
      { person: "owner", text: "text of m", answer: '{"id":"m"}' },
    ]);
  });

  test("[G3] what was called recorded is there after kill -9", async () => {
    const path = join(makeFolder(), "gateway.db");
    const said: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const child = spawn(process.execPath, [join(import.meta.dirname, "journal-child.ts"), path], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      later(() => child.kill("SIGKILL"));
      let heard = 0;
      for await (const id of createInterface({ input: child.stdout })) {
        said.push(id);
        heard += 1;
        if (heard === 200) child.kill("SIGKILL");
      }
    }
    expect(said.length).toBeGreaterThanOrEqual(600);
    const journal = await openTestJournal(path);
    const kept = new Set((await journal.answers("w", 100_000)).map((row) => row.answer));
    const waiting = new Set(await outboxOf(journal));
    expect(said.filter((id) => !kept.has(`{"id":"${id}"}`) || !waiting.has(id.replace("u", "c")))).toEqual([]);
    expect(kept.size).toBe(waiting.size);
  });

  test("[G6] what the back has answered leaves with the next words, or alone after 50 ms", async () => {
    const clock = createManualClock(1);
    const journal = await openJournal({ clock }, { path: join(makeFolder(), "gateway.db"), nowMs: 1 });
    for (const id of ["a", "b", "c"]) await journal.record(recording(id));
    // Nothing else is asked, so only the clock can send it off.
    const alone = journal.settle("w", ["c_a"]);
    expect(clock.pendingTimers()).toBe(1);
    clock.advance(50);
    await alone;
    expect(clock.pendingTimers()).toBe(0);
    const along = journal.settle("w", ["c_b"]);
    await Promise.all([journal.record(recording("d")), along]);
    expect(await outboxOf(journal)).toEqual(["c_c", "c_d"]);
    expect(clock.pendingTimers()).toBe(0);
    const last = journal.settle("w", ["c_c"]);
    await Promise.all([last, journal.close()]);
  });

  test("[G8] at most 100,000 rows of a workspace are kept, the newest", async () => {
    const journal = await openTestJournal();
    await journal.restart("w", "e1", 0);
    await journal.restart("v", "e1", 0);
    await journal.append("v", [{ seq: 1, line: "x", at: 1 }]);
    const total = journalLimits.mirrorRows + 2500;
    for (let from = 1; from <= total; from += 2500) {
      await journal.append(
        "w",
        Array.from({ length: 2500 }, (_, place) => ({ seq: from + place, line: "su:t|queued|0", at: 1 })),
      );
    }
    const { mirrors } = await journal.contents();
    expect(mirrors).toContainEqual({ workspace: "w", epoch: "e1", head: total, low: 2501, chain: null });
    expect((await journal.read("w", 0, 1))[0]?.seq).toBe(2501);
    expect(await journal.read("v", 0, 10)).toHaveLength(1);
  });

  test("[G17] a log that begins again leaves no row of the old one", async () => {
    const journal = await openTestJournal();
    await journal.restart("w", "e1", 0);
    await journal.append("w", [
      { seq: 1, line: "a", at: 1, cid: "c" },
      { seq: 2, line: "b", at: 2 },
    ]);
    expect(await journal.read("w", 0, 10)).toEqual([
      { seq: 1, line: "a", cid: "c", at: 1 },
      { seq: 2, line: "b", at: 2 },
    ]);
    await journal.restart("w", "e2", 40);
    expect(await journal.read("w", 0, 10)).toEqual([]);
    expect((await journal.contents()).mirrors).toEqual([
      { workspace: "w", epoch: "e2", head: 40, low: 41, chain: null },
    ]);
  });

  const disk = makeSmallDisk();
  test.skipIf(disk === undefined)(
    "[G3] a full disk keeps nothing of what it refuses, and goes on when there is room",
    async () => {
      const folder = disk?.() ?? "";
      const path = join(folder, "gateway.db");
      const journal = await openTestJournal(path);
      await journal.record(recording("before"));
      const filler = join(folder, "filler");
      expect(() => writeFileSync(filler, Buffer.alloc(4_000_000))).toThrow(/ENOSPC/);
      expect(await codeOf(journal.record(recording("big", { text: "x".repeat(50_000) })))).toBe("FULL");
      expect(await codeOf(journal.probe(1))).toBe("FULL");
      rmSync(filler);
      expect(await codeOf(journal.probe(2))).toBe("none");
      expect((await journal.record(recording("after"))).status).toBe("new");
      expect((await journal.record(recording("big"))).status).toBe("new");
      await journal.close();
      expect(await outboxOf(await openTestJournal(path))).toEqual(["c_before", "c_after", "c_big"]);
    },
  );

  test.each([
    ["a folder in its place", (path: string) => mkdirSync(path), "CANNOT_OPEN"],
    [
      "a file that is no database",
      (path: string) => writeFileSync(path, "not a database at all. ".repeat(99)),
      "CORRUPT",
    ],
  ])("[G3] %s is told at the start, with what to do", async (_what, spoil, code) => {
    const path = join(makeFolder(), "gateway.db");
    spoil(path);
    const opening = openJournal({ clock: createSystemClock() }, { path, nowMs: 1 });
    expect(await codeOf(opening)).toBe(code);
    await expect(opening).rejects.toThrow(/\. \w+.*\.$/s);
  });

  test("[G3] when its thread dies, waiting and later calls are refused and it is told once; when it is closed, not", async () => {
    const threads: Worker[] = [];
    const note = (thread: Worker): void => void threads.push(thread);
    process.on("worker", note);
    later(() => process.off("worker", note));
    const told: string[] = [];
    const open = async (): Promise<Journal> =>
      openJournal({ clock: createSystemClock() }, { path: join(makeFolder(), "gateway.db"), nowMs: 1 }, (gone) =>
        told.push(gone.code),
      );

    const dying = await open();
    const waiting = codeOf(dying.record(recording("u")));
    await threads[0]?.terminate();
    expect(await waiting).toBe("GONE");
    expect(await codeOf(dying.record(recording("v")))).toBe("GONE");
    expect(told).toEqual(["GONE"]);

    const closed = await open();
    await closed.close();
    expect(await codeOf(closed.record(recording("u")))).toBe("GONE");
    expect(told).toEqual(["GONE"]);
  });
});

/** Gives a way to mount a disk of 1 MB, where this user may; undefined elsewhere. */
function makeSmallDisk(): (() => string) | undefined {
  const mount = (folder: string): boolean =>
    spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], { stdio: "ignore" }).status === 0;
  const unmount = (folder: string): void => void spawnSync("umount", ["-l", folder], { stdio: "ignore" });
  if (process.platform !== "linux" || process.geteuid?.() !== 0) return undefined;
  // The root of a user namespace may not mount: whether we may is known only by trying.
  const trial = mkdtempSync(join(tmpdir(), "kingly-mount-"));
  const may = mount(trial);
  if (may) unmount(trial);
  rmSync(trial, { recursive: true, force: true });
  if (!may) return undefined;
  return () => {
    const folder = makeFolder();
    if (!mount(folder)) throw new Error("no small disk");
    later(() => unmount(folder));
    return folder;
  };
}
