import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Database, DatabaseState } from "../src/index.ts";
import { codeOf, count, createHandClock, insert, usePlace } from "./harness.ts";

const place = usePlace();
/** Leaves room for so many more pages: SQLite's own full disk. */
const leavePages = (database: Database, pages: number): void =>
  void database.pragma(`max_page_count = ${Number(database.pragma("page_count")) + pages}`);
const large = "x".repeat(100_000);

describe("a disk that takes no more", () => {
  test("[DB11][DB19] refuses at once from then on, goes on reading, and tries one unit after writeRetryMs", async () => {
    const clock = createHandClock();
    const seen: DatabaseState[] = [];
    const onStateChange = (state: DatabaseState): void => void seen.push(state);
    const database = await place.openNotes("a.db", { clock, onStateChange, writeRetryMs: 1000 });
    await database.write((unit) => void unit.run(insert, 1, "a"));
    leavePages(database, 1);
    const add = (id: number, text: string) => (): Promise<unknown> =>
      database.write((unit) => unit.run(insert, id, text).changes);
    expect(await codeOf(add(2, large))).toBe("FULL");
    expect(database.stats()).toMatchObject({ state: "read_only", why: { code: "FULL" } });

    // Even what would fit: nothing is tried, so nothing waits for the disk.
    let ran = false;
    expect(await codeOf(() => database.write(() => void (ran = true)))).toBe("FULL");
    expect([ran, count(database), await database.heavy("SELECT id FROM notes")]).toEqual([false, 1, [{ id: 1 }]]);

    clock.advance(1000);
    expect(await Promise.all([codeOf(add(3, large)), codeOf(add(4, "small"))])).toEqual(["FULL", "FULL"]);
    expect(seen.map(({ state }) => state)).toEqual(["read_only"]);
    database.pragma("max_page_count = 1000000");
    expect(await codeOf(add(5, large))).toBe("FULL");
    clock.advance(1000);
    expect(await codeOf(add(6, large))).toBeUndefined();
    expect(await codeOf(add(7, "small"))).toBeUndefined();
    expect(seen.map(({ state }) => state)).toEqual(["read_only", "ok"]);
    expect(database.all("SELECT id FROM notes")).toEqual([{ id: 1 }, { id: 6 }, { id: 7 }]);
  });

  test("[DB11][DB19] every unit of the group that met it rejects, and nothing of the group is kept", async () => {
    const database = await place.openNotes("a.db");
    leavePages(database, 1);
    const codes = await Promise.all(
      [1, 2, 3].map((id) =>
        codeOf(() => database.write((unit) => void unit.run(insert, id, id === 2 ? large : "small"))),
      ),
    );
    expect([new Set(codes), count(database)]).toEqual([new Set(["FULL"]), 0]);
  });

  test("[DB19] a unit that hides the error of the disk is not told that it was kept", async () => {
    const database = await place.openNotes("a.db");
    leavePages(database, 1);
    const hiding = database.write((unit) => {
      try {
        unit.run(insert, 1, large);
      } catch {
        return "fine";
      }
      return "kept";
    });
    expect(await codeOf(() => hiding)).toBe("FULL");
    expect(count(database)).toBe(0);
  });

  test("[DB19] a unit that fails by itself, or writes nothing, does not end the refusal", async () => {
    const clock = createHandClock();
    const database = await place.openNotes("a.db", { clock });
    leavePages(database, 1);
    await codeOf(() => database.write((unit) => void unit.run(insert, 1, large)));
    clock.advance(1000);
    const failing = database.write(() => {
      throw new RangeError("its own");
    });
    expect(await codeOf(() => failing)).toBe("RangeError: its own");
    clock.advance(1000);
    expect(await database.write(() => "nothing")).toBe("nothing");
    expect(database.stats().state).toBe("read_only");
  });
});

const disk = spawnSync("unshare", ["-Urm", "true"]).status === 0;
test.skipIf(!disk)(
  "[DB2][DB19] on a real disk of 2 MB nothing acknowledged is lost, and writes come back when there is room",
  { timeout: 60_000 },
  () => {
    const mounted = place.at("disk");
    const script = `mkdir "$0" && mount -t tmpfs -o size=2m tmpfs "$0" && exec "$1" "$2" "$0"`;
    const child = spawnSync(
      "unshare",
      ["-Urm", "sh", "-c", script, mounted, process.execPath, join(import.meta.dirname, "fixtures/small-disk.ts")],
      { encoding: "utf8" },
    );
    expect(child.stderr).toBe("");
    const said = JSON.parse(child.stdout) as Record<string, unknown>;
    expect(said).toMatchObject({
      failures: ["FULL"],
      refusedWhileFull: "FULL",
      states: ["read_only", "ok"],
      lost: 0,
      readableWhileFull: true,
      lostAfterReopening: 0,
      integrity: "ok",
      openingNewOnFullDisk: "FULL",
    });
    expect(said["acknowledged"]).toBeGreaterThan(50);
  },
);
