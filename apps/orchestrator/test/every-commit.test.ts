// What a crash leaves is what the last commit left: the file with its write-ahead log, and the world outside as it is
// then. So a run is lived once, both are copied after every commit, and from each copy a new back goes on to the end.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Batcher, Operation, Outcome } from "@kingly/mcp-batcher";
import { migrateQueue, openQueue } from "@kingly/queue";
import { createManualClock, createMemoryLog, createSeededRandom } from "@kingly/runtime/testing";
import type { ManualClock } from "@kingly/runtime/testing";
import { openDatabase } from "@kingly/sqlite";
import type { Database } from "@kingly/sqlite";
import { createStore, migrateStore } from "@kingly/store";
import { afterAll, describe, expect, test } from "vitest";
import { createAcceptCommand } from "../src/accept-command.ts";
import type { Back } from "../src/back.ts";
import { createHandlers } from "../src/jobs/handlers.ts";
import type { Jobs } from "../src/jobs/jobs.ts";
import { createTellDeath } from "../src/jobs/tell-death.ts";
import { migrateMind } from "../src/mind/migrate-mind.ts";
import { openMind } from "../src/mind/open-mind.ts";
import { createRulePlanner } from "../src/planner/rule-planner.ts";
import { createContexts } from "../src/context/contexts.ts";
import { createCurrentWorkflows } from "../src/workflows/current-workflows.ts";
import { createOffers } from "../src/predictions/offers.ts";
import { everyKind } from "./every-kind-flow.ts";
import { readTold } from "./harness.ts";

// Kept in memory where that can be: it is a process that dies here, not the machine, and hundreds of lives are lived.
const base = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "kingly-every-commit-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const flows = join(base, "workflows");
mkdirSync(flows);
for (const [name, text] of Object.entries(everyKind)) writeFileSync(join(flows, name), text);

const startMs = 1_700_000_000_000;

/** What is outside: the values that calls have put, and how often each call was made. */
type World = { readonly values: Map<string, unknown>; readonly calls: Map<string, number> };

/** A place where the process may die: what the disk and the world hold then. */
interface Place {
  readonly file: string;
  readonly atMs: number;
  readonly world: World;
  /** After the commit, or just before the next one, when effects outside have happened that nothing here knows of. */
  readonly kind: "after" | "before";
}

interface Life {
  readonly database: Database;
  readonly back: Back;
  readonly clock: ManualClock;
  /** Lives until the run is over and nothing moves any more. */
  live(line: string): Promise<void>;
  close(): Promise<void>;
}

async function begin(
  file: string,
  atMs: number,
  world: World,
  onCommit: (edge: "before" | "after", atMs: number) => void,
): Promise<Life> {
  const clock = createManualClock(atMs);
  const random = createSeededRandom(7);
  const log = createMemoryLog();
  const opened = openDatabase({ path: file });
  let commits = 0;
  const database: Database = {
    ...opened,
    write: (work) =>
      opened.write((unit) => {
        onCommit("before", clock.nowMs());
        unit.afterCommit(() => {
          commits += 1;
          onCommit("after", clock.nowMs());
        });
        return work(unit);
      }),
  };
  await migrateStore(database);
  await migrateQueue(database);
  await migrateMind(database);
  const store = createStore({ database, clock, random, log });
  const queue = await openQueue<Jobs>(
    { database, clock, random, log },
    { owner: "orchestrator", heartbeatThread: false, wakesOthers: false, maxAttempts: 100 },
  );
  const batcher: Batcher = { ...silentBatcher, add: (operation) => callWorld(world, clock, operation) };
  const workflows = createCurrentWorkflows([flows], () => {});
  const back: Back = {
    clock,
    offers: createOffers(),
    log,
    database,
    store,
    queue,
    planner: createRulePlanner(),
    batcher,
    mind: openMind(
      { clock, log, database, servers: noServers },
      { homePath: "/nowhere", config: { mcpServers: {} }, env: {}, secrets: [] },
    ),
    mayRepeat: async () => false,
    embeds: false,
    workflows,
    contexts: createContexts({ clock, database, store, workflows }),
  };
  await database.write((unit) => void store.workspaces.ensure(unit, { id: "default", name: "Default" }));
  queue.work(createHandlers(back), { onDead: createTellDeath(back) });
  const accept = createAcceptCommand(back);
  const say = async (line: string): Promise<void> => {
    const cid = /^[a-z]{2}#([A-Za-z0-9]+):/.exec(line)?.[1] ?? "";
    if (store.commands.get("default", cid) === undefined) await accept("default", { cid, line, origin: "user" });
  };
  // Everything here runs on this thread: when many turns of the loop bring no commit, only time or a person moves it.
  const settle = async (): Promise<void> => {
    for (let still = 0, seen = commits; still < 12; still += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (commits !== seen) [still, seen] = [0, commits];
    }
  };
  return {
    database,
    back,
    clock,
    async live(line) {
      await say(line);
      for (let turns = 0; turns < 400; turns += 1) {
        await settle();
        const told = readTold(back, "default");
        const asked = told.findLast((row) => row.line.endsWith("|waiting_approval|0"));
        const id = /:([^|]+)\|/.exec(asked?.line ?? "")?.[1];
        if (id !== undefined && store.commands.get("default", "AP1") === undefined) await say(`ap#AP1:${id}|yes`);
        else if (
          told.some((row) => row.line.includes("run_W1.paid|waiting|")) &&
          store.commands.get("default", "SG1") === undefined
        )
          await say("am#SG1:run_W1|signal.paid|'By card'");
        else {
          const { status } = store.runs.get("default", "run_W1") ?? {};
          const { pending, running } = queue.counts();
          if (status !== "running" && status !== "queued" && status !== "compensating" && pending + running === 0)
            return;
          clock.advance(100);
        }
      }
      throw new Error(
        `It does not end: ${JSON.stringify(queue.counts())} ${readTold(back, "default")
          .map((row) => row.line)
          .join("\n")}`,
      );
    },
    async close() {
      const closing = queue.close({ deadlineMs: 0, graceMs: 0 });
      for (let turn = 0; turn < 20; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        clock.advance(1000);
      }
      await closing;
      await opened.close();
    },
  };
}

const noServers = { states: () => [], listTools: async () => [] };
const silentBatcher: Batcher = {
  add: () => Promise.reject(new Error("replaced")),
  stats: () => ({
    unsettled: 0,
    collecting: 0,
    running: 0,
    batches: 0,
    cache: { entries: 0, bytes: 0, hits: 0, misses: 0, invalidated: 0 },
  }),
  running: () => [],
  cancel: () => false,
  forget: () => {},
  close: async () => {},
  [Symbol.asyncDispose]: async () => {},
};

/** The world: `put` and `drop` may be repeated, `later` fails for its first 500 ms, `fail` always, `hang` never answers. */
async function callWorld(world: World, clock: ManualClock, { tool, args, signal }: Operation): Promise<Outcome> {
  const { key = "", value = null } = args as { key?: string; value?: unknown };
  world.calls.set(`${tool} ${key}`, (world.calls.get(`${tool} ${key}`) ?? 0) + 1);
  const no = (message: string): Outcome => ({ status: "failed", error: { code: "tool_error", message, hint: "" } });
  await new Promise((resolve) => setImmediate(resolve));
  if (tool === "fail") return no("It never works.");
  if (tool === "later" && clock.nowMs() < startMs + 500) return no("Not yet.");
  if (tool === "hang") {
    return new Promise((resolve) =>
      signal?.addEventListener("abort", () => resolve({ status: "cancelled", effect: "unknown" })),
    );
  }
  if (tool === "drop") world.values.delete(key);
  else world.values.set(key, value);
  return { status: "ok", result: { content: [{ type: "text", text: `${tool} ${key}` }], isError: false } };
}

// How often work was claimed, by which life of which owner, and until when: these tell of the crash itself.
const volatile: Readonly<Record<string, readonly string[] | "all">> = {
  job_attempts: "all",
  // When the tables were made, by the real clock.
  queue_migrations: "all",
  store_migrations: "all",
  queue_owners: "all",
  job_queue: ["attempt", "claim", "owner", "owner_epoch", "lease_until", "started_at", "progress", "progress_message"],
};

/** Every row of every table that is not the index of another, as bytes; the columns above are left out. */
function dump(database: Database): string {
  const tables = database.all<{ name: string; sql: string }>(
    "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  );
  const virtual = tables.filter(({ sql }) => /^CREATE VIRTUAL/i.test(sql)).map(({ name }) => name);
  const lines: string[] = [];
  for (const { name } of tables) {
    if (volatile[name] === "all" || virtual.some((each) => name === each || name.startsWith(`${each}_`))) continue;
    const left = volatile[name] ?? [];
    const columns = database
      .all<{ name: string }>(`SELECT name FROM pragma_table_info('${name}')`)
      .map((column) => column.name)
      .filter((column) => !left.includes(column));
    const rows = database.all<{ row: string }>(
      `SELECT json_array(${columns.map((each) => `CASE typeof("${each}") WHEN 'blob' THEN hex("${each}") ELSE "${each}" END`).join(", ")}) AS row FROM "${name}" ORDER BY 1`,
    );
    // A counter of none tells that there once was one: of a pending job, which only a crash makes pending again.
    const kept = name === "queue_counts" ? rows.filter(({ row }) => !row.endsWith(",0]")) : rows;
    lines.push(...kept.map(({ row }) => `${name} ${row}`));
  }
  return lines.join("\n");
}

const copyWorld = ({ values, calls }: World): World => ({ values: new Map(values), calls: new Map(calls) });
const copyFile = (from: string, to: string): void => {
  for (const end of ["", "-wal"]) if (existsSync(`${from}${end}`)) copyFileSync(`${from}${end}`, `${to}${end}`);
};

describe.each([
  ["completes", "wf#W1:every_kind|{names:['Ada','Bob','Cid']}", "completed"],
  ["breaks off and is undone", "wf#W1:every_kind|{names:['Ada','Bob','Cid'],fails:true}", "compensated"],
])("a workflow of every kind of step that %s", (name, line, status) => {
  test(
    "[O11][O13][O19][O22] ends in the same state, byte for byte, after a crash at any commit",
    { timeout: 900_000 },
    async () => {
      const folder = join(base, status);
      mkdirSync(folder);
      const file = join(folder, "calm.db");
      const world: World = { values: new Map(), calls: new Map() };
      const places: Place[] = [];
      let latest: string | undefined;
      let records = false;
      let known = copyWorld(world);
      const life = await begin(file, startMs, world, (edge, atMs) => {
        if (!records) return;
        if (edge === "after") {
          latest = join(folder, `${places.length}.db`);
          copyFile(file, latest);
          known = copyWorld(world);
          places.push({ file: latest, atMs, world: known, kind: "after" });
        } else if (latest !== undefined && JSON.stringify([...world.calls]) !== JSON.stringify([...known.calls])) {
          known = copyWorld(world);
          places.push({ file: latest, atMs, world: known, kind: "before" });
        }
      });
      records = true;
      await life.live(line);
      expect(life.back.store.runs.get("default", "run_W1")?.status).toBe(status);
      const wanted = dump(life.database);
      const wantedWorld = JSON.stringify([...world.values]);
      await life.close();
      expect(places.length).toBeGreaterThan(50);
      for (const [index, place] of places.entries()) {
        const copy = join(folder, "again.db");
        for (const end of ["", "-wal", "-shm"]) rmSync(`${copy}${end}`, { force: true });
        copyFile(place.file, copy);
        const after = copyWorld(place.world);
        const again = await begin(copy, place.atMs, after, () => {});
        await again.live(line);
        const found = dump(again.database);
        await again.close();
        expect(found, `the end after a death ${place.kind} commit ${index} of ${places.length}`).toBe(wanted);
        expect(JSON.stringify([...after.values])).toBe(wantedWorld);
      }
    },
  );
});
