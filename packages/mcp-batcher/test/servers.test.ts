import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSystemClock } from "@kingly/runtime";
import type { Clock } from "@kingly/runtime";
import { createManualClock, createMemoryLog, createSeededRandom } from "@kingly/runtime/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createBatcher } from "../src/index.ts";
import type { Batcher, Operation, ToolProgress } from "../src/index.ts";
import { openServers } from "../src/servers/index.ts";
import type { ServerEntry, Servers, ServerState, ServerStatus, StdioServerEntry } from "../src/servers/index.ts";

const { resolve } = createRequire(import.meta.url);
const memoryServer = resolve("@modelcontextprotocol/server-memory/dist/index.js");
const filesystemServer = resolve("@modelcontextprotocol/server-filesystem/dist/index.js");
const oddServer = fileURLToPath(new URL("fixtures/odd-server.ts", import.meta.url));

let folder: string;
const opened: (Servers | Batcher)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kingly-mcp-"));
});
afterEach(async () => {
  for (const thing of opened.splice(0)) await thing.close();
  rmSync(folder, { recursive: true, force: true });
});

const journal = (): string => join(folder, "journal");
const starts = (): number =>
  readFileSync(journal(), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("start")).length;
const odd = (mode = "normal", more: Partial<StdioServerEntry> = {}): ServerEntry => ({
  command: process.execPath,
  args: [oddServer, mode],
  env: { JOURNAL: journal() },
  ...more,
});
const memory = (): ServerEntry => ({
  command: process.execPath,
  args: [memoryServer],
  env: { MEMORY_FILE_PATH: join(folder, "memory.jsonl") },
  concurrency: 1,
});

const open = (mcpServers: Record<string, ServerEntry>, clock: Clock = createSystemClock()) => {
  const log = createMemoryLog();
  const servers = openServers({ clock, random: createSeededRandom(7), log }, { mcpServers });
  const batcher = createBatcher(
    { caller: servers.caller, clock, log },
    { concurrencyByServer: servers.concurrencyByServer },
  );
  opened.push(batcher, servers);
  const add = (operation: Partial<Operation>) =>
    batcher.add({ server: "odd", tool: "steps", args: {}, kind: "read", ...operation });
  const state = (name: string): ServerState => {
    const found = servers.states().find((each) => each.name === name);
    if (found === undefined) throw new Error(`no state of ${name}`);
    return found;
  };
  /** Resolves when the server has that status: now, or when it is told. */
  const reached = (name: string, status: ServerStatus): Promise<ServerState> =>
    new Promise((found) => {
      if (state(name).status === status) return found(state(name));
      const stop = servers.onState((told) => {
        if (told.name !== name || told.status !== status) return;
        stop();
        found(told);
      });
      return undefined;
    });
  return { servers, batcher, log, add, state, reached };
};
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const pidOf = ({ pid }: ServerState): number => {
  if (pid === undefined) throw new Error("no process");
  return pid;
};

describe("real servers", () => {
  test("[M6][M19] server-memory keeps all of 20 parallel creates when it gets one call at a time", async () => {
    const { add, state } = open({ memory: memory() });
    expect(state("memory")).toEqual({ name: "memory", status: "idle", stderrTail: "", attempt: 0 });
    const names = Array.from({ length: 20 }, (_, index) => `entity ${index}`);
    const outcomes = await Promise.all(
      names.map((name) =>
        add({
          server: "memory",
          tool: "create_entities",
          args: { entities: [{ name, entityType: "test", observations: [] }] },
          kind: "write",
        }),
      ),
    );
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(["ok"]));
    const graph = await add({ server: "memory", tool: "read_graph" });
    if (graph.status !== "ok") throw new Error(graph.status);
    const { entities } = graph.result.structured as { entities: { name: string }[] };
    expect(entities.map(({ name }) => name)).toEqual(names);
    expect(state("memory")).toMatchObject({ status: "ready", attempt: 0 });
  });

  test("[M12] server-memory's own refusal comes with its words", async () => {
    const { add } = open({ memory: memory() });
    const args = { observations: [{ entityName: "nobody", contents: ["x"] }] };
    expect(await add({ server: "memory", tool: "add_observations", args, kind: "write" })).toMatchObject({
      status: "failed",
      error: { code: "tool_error", message: expect.stringContaining("nobody") },
      result: { isError: true },
    });
  });

  test("[M2][M20] two servers work side by side; the filesystem server writes, reads and lists its tools", async () => {
    const { add, servers } = open({
      memory: memory(),
      files: { command: process.execPath, args: [filesystemServer, folder] },
    });
    const path = join(folder, "note.txt");
    const [written] = await Promise.all([
      add({ server: "files", tool: "write_file", args: { path, content: "hello" }, kind: "write" }),
      add({ server: "memory", tool: "read_graph" }),
    ]);
    expect(written.status).toBe("ok");
    expect(await add({ server: "files", tool: "read_text_file", args: { path } })).toMatchObject({
      status: "ok",
      result: { content: [{ type: "text", text: "hello" }] },
    });
    const tools = await servers.listTools("files");
    expect(tools.find(({ name }) => name === "read_text_file")).toMatchObject({
      isReadOnly: true,
      isDestructive: false,
    });
    expect(tools.find(({ name }) => name === "write_file")).toMatchObject({ isReadOnly: false });
  });
});

describe("a server that dies", () => {
  test("[M10][M22] killed in flight: the write is unknown, a read is made again, and the next call works", async () => {
    const { add, state, reached } = open({ odd: odd() });
    await add({});
    const begun = Promise.withResolvers<ToolProgress>();
    const write = add({ tool: "hang", kind: "write", onProgress: begun.resolve });
    await begun.promise;
    const firstPid = pidOf(state("odd"));
    const degraded = reached("odd", "degraded");
    process.kill(firstPid, "SIGKILL");
    expect(await write).toMatchObject({ status: "unknown", error: { code: "connection_lost" } });
    const told = await degraded;
    expect(told.reason?.code).toBe("connection_lost");
    expect(told.nextRetryAtMs).toBeTypeOf("number");
    expect(await add({})).toMatchObject({ status: "ok" });
    expect(pidOf(state("odd"))).not.toBe(firstPid);
    expect(starts()).toBe(2);
  });

  test("[M10] a read whose server dies of it is made again once, then fails", async () => {
    const { add } = open({ odd: odd() });
    expect(await add({ tool: "die" })).toMatchObject({ status: "failed", error: { code: "connection_lost" } });
    expect(starts()).toBe(2);
  });

  test("[M22][M26] a server that cannot start is tried again by itself, ever later, and calls are refused meanwhile", async () => {
    const clock = createManualClock();
    const { add, servers, reached, state } = open({ odd: odd("dies", { startTimeoutMs: 5_000 }) }, clock);
    const waits: number[] = [];
    void servers.start();
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const failed = await reached("odd", "failed");
      expect(failed).toMatchObject({ attempt, reason: { code: "server_failed" } });
      const waitMs = (failed.nextRetryAtMs ?? 0) - clock.nowMs();
      waits.push(waitMs);
      if (attempt === 5) break;
      const starting = reached("odd", "starting");
      clock.advance(waitMs);
      await starting;
    }
    for (const [index, waitMs] of waits.entries()) {
      expect(waitMs).toBeGreaterThanOrEqual(500 * 2 ** index);
      expect(waitMs).toBeLessThanOrEqual(625 * 2 ** index);
    }
    expect(await add({})).toMatchObject({ status: "failed", error: { code: "server_unavailable" } });
    expect(state("odd").stderrTail).toBe("odd server started\ncannot read its settings\n");
    expect(state("odd").reason?.message).toContain("cannot read its settings");
  }, 60_000);
});

describe("a server that cannot be started", () => {
  test("[M20][M23][M24] missing, wrong, disabled and unknown servers say so, and touch no other", async () => {
    const { add, servers, state } = open({
      missing: { command: "kingly-no-such-command" },
      nowhere: { command: process.execPath, cwd: join(folder, "nowhere") },
      wrong: { command: "" },
      unfit: { command: process.execPath, args: ["a\0b"] },
      off: { ...odd(), disabled: true },
      odd: odd(),
    });
    await servers.start();
    expect(servers.states().map(({ name, status, reason }) => [name, status, reason?.code])).toEqual([
      ["missing", "failed", "server_missing"],
      ["nowhere", "failed", "invalid_config"],
      ["wrong", "failed", "invalid_config"],
      ["unfit", "failed", "server_failed"],
      ["off", "disabled", undefined],
      ["odd", "ready", undefined],
    ]);
    expect(state("missing").reason?.message).toContain("kingly-no-such-command");
    expect(state("missing").nextRetryAtMs).toBeUndefined();
    const write = (server: string) => add({ server, kind: "write" });
    expect(await write("missing")).toMatchObject({ status: "failed", error: { code: "server_missing" } });
    expect(state("missing").attempt).toBe(2);
    expect(await write("wrong")).toMatchObject({ status: "failed", error: { code: "invalid_config" } });
    expect(await write("off")).toMatchObject({ status: "failed", error: { code: "server_disabled" } });
    expect(await write("other")).toMatchObject({
      status: "failed",
      error: { code: "server_unknown", hint: expect.stringContaining("missing, nowhere, wrong, unfit, off, odd") },
    });
    expect(await write("odd")).toMatchObject({ status: "ok" });
    expect(starts()).toBe(1);
  });

  test("[M23][M26][M27] a mute server is given up after its time, the waiting call with it, and its process ends", async () => {
    const clock = createManualClock();
    const { add, servers, reached, batcher } = open({ odd: odd("mute") }, clock);
    const outcome = add({ kind: "write" });
    await reached("odd", "starting");
    await vi.waitFor(() => expect(existsSync(journal())).toBe(true), { timeout: 10_000 });
    await clock.advanceAsync(14_999);
    expect(servers.states()[0]?.status).toBe("starting");
    await clock.advanceAsync(1);
    expect(await outcome).toMatchObject({ status: "failed", error: { code: "server_start_timeout" } });
    const pid = Number(/start (\d+)/.exec(readFileSync(journal(), "utf8"))?.[1]);
    await batcher.close();
    await servers.close();
    expect(isAlive(pid)).toBe(false);
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe("calls", () => {
  test("[M28][M15] progress is asked for and told, in order", async () => {
    const { add } = open({ odd: odd() });
    const heard: ToolProgress[] = [];
    const outcome = await add({ onProgress: (progress) => heard.push(progress) });
    expect(outcome).toMatchObject({ status: "ok" });
    expect(heard).toEqual([1, 2, 3].map((progress) => ({ progress, total: 3, message: `step ${progress}` })));
  });

  test("[M28][M9] a cancelled call is told to the server, which goes on working", async () => {
    const { add } = open({ odd: odd() });
    const stop = new AbortController();
    const begun = Promise.withResolvers<ToolProgress>();
    const outcome = add({ tool: "hang", kind: "write", signal: stop.signal, onProgress: begun.resolve });
    await begun.promise;
    stop.abort();
    expect(await outcome).toEqual({ status: "cancelled", effect: "unknown" });
    expect(await add({})).toMatchObject({ status: "ok" });
    expect(readFileSync(journal(), "utf8")).toContain("cancelled");
    expect(starts()).toBe(1);
  });

  test("[M7][M28] a server that hangs in silence is given up by the clock, and works for others meanwhile", async () => {
    const clock = createManualClock();
    const { add } = open({ odd: odd() }, clock);
    await add({});
    const begun = Promise.withResolvers<ToolProgress>();
    const outcome = add({ tool: "hang", kind: "write", onProgress: begun.resolve });
    await begun.promise;
    const other = add({ tool: "refuse" });
    await clock.advanceAsync(100);
    expect(await other).toMatchObject({ status: "failed", error: { code: "tool_error", message: "not today" } });
    await clock.advanceAsync(60_000);
    expect(await outcome).toMatchObject({ status: "unknown", error: { code: "timeout" } });
  });

  test("[M11] two megabytes are dropped, and the connection stays", async () => {
    const { add } = open({ odd: odd() });
    expect(await add({ tool: "flood" })).toMatchObject({ status: "failed", error: { code: "output_too_large" } });
    expect(await add({})).toMatchObject({ status: "ok" });
    expect(starts()).toBe(1);
  });

  test("[M12] a tool that does not exist is refused by the server, and the write is not in doubt", async () => {
    const { add } = open({ odd: odd() });
    expect(await add({ tool: "nothing", kind: "write" })).toMatchObject({ status: "failed" });
  });

  test("[M25] a process inherits no secret", async () => {
    vi.stubEnv("KINGLY_TEST_SECRET", "do not tell");
    try {
      const { add } = open({ odd: odd("normal", { env: { JOURNAL: journal(), GIVEN: "yes" } }) });
      const outcome = await add({ tool: "environment" });
      if (outcome.status !== "ok") throw new Error(outcome.status);
      const [item] = outcome.result.content as { text: string }[];
      const names = item?.text.split(",") ?? [];
      expect(names).toEqual(expect.arrayContaining(["GIVEN", "JOURNAL", "PATH"]));
      const allowed = new Set(["GIVEN", "HOME", "JOURNAL", "LOGNAME", "PATH", "SHELL", "TERM", "USER"]);
      // The system may add its own (macOS: __CF_USER_TEXT_ENCODING).
      expect(names.filter((name) => !allowed.has(name) && !name.startsWith("__"))).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe("life", () => {
  test("[M21] every change of state is told, and a listener that throws or left changes nothing", async () => {
    const { add, servers, log } = open({ odd: odd() });
    const told: ServerStatus[] = [];
    servers.onState(() => {
      throw new Error("careless");
    });
    const stop = servers.onState(({ status }) => told.push(status));
    await add({});
    await servers.close();
    stop();
    // Ready is told again when its tools are known.
    expect(told).toEqual(["starting", "ready", "ready", "idle"]);
    expect(log.entries.filter(({ message }) => message === "a state listener threw")).toHaveLength(4);
  });

  test("[M27] close ends the processes and refuses later calls", async () => {
    const { add, servers, state } = open({ odd: odd(), memory: memory() });
    await servers.start();
    const pids = [pidOf(state("odd")), pidOf(state("memory"))];
    expect(pids.map(isAlive)).toEqual([true, true]);
    await servers.close();
    await servers.close();
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(await add({})).toMatchObject({ status: "failed", error: { code: "closed" } });
    expect(state("odd").pid).toBeUndefined();
  });

  test("[M19] the root entry loads no SDK", () => {
    const source = (path: string): string => readFileSync(new URL(`../src/${path}`, import.meta.url), "utf8");
    const seen = new Set<string>();
    const visit = (path: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      const imports = source(path).matchAll(/from "([^"]+)"|import\("([^"]+)"\)/g);
      for (const [, fixed, lazy] of imports) {
        const target = fixed ?? lazy ?? "";
        expect(target).toMatch(/^\.\/|^@kingly\/runtime$|^lru-cache$|^node:crypto$/);
        if (target.startsWith("./")) visit(target.slice(2));
      }
    };
    visit("index.ts");
    expect(seen.size).toBeGreaterThan(8);
    expect([...seen].filter((path) => path.startsWith("servers/"))).toEqual([]);
  });
});
