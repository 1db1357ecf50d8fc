import { createRequire } from "node:module";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBatcher } from "@kingly/mcp-batcher";
import type { BatcherOptions, Operation, Outcome } from "@kingly/mcp-batcher";
import { openServers } from "@kingly/mcp-batcher/servers";
import type { ServerEntry } from "@kingly/mcp-batcher/servers";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { SketchBatcher } from "./sketch.ts";

/** One way of making operations, over three servers of its own. */
export interface Side {
  /** Makes an operation; rejects, or resolves with what came. Undefined: it never tells. */
  readonly make: (operation: Operation) => Promise<unknown>;
  /** Calls that were sent to the servers. */
  readonly sent: () => number;
  /** How many entities the memory server has kept. */
  readonly kept: () => Promise<number>;
  readonly folder: string;
  readonly close: () => Promise<void>;
}

// The servers are dependencies of the room's tests.
const { resolve } = createRequire(import.meta.resolve("@kingly/mcp-batcher/package.json"));
const programOf = (name: string): string => resolve(`@modelcontextprotocol/server-${name}/dist/index.js`);
const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };

/** What ours is given. The memory server loses parallel writes and so gets one call at a time. */
export interface KinglyOptions extends BatcherOptions {
  readonly memoryConcurrency?: number;
}

/** Opens ours: servers, schemas, pins and all. */
export async function openKingly({ memoryConcurrency = 1, ...options }: KinglyOptions = {}): Promise<Side> {
  const house = makeHouse();
  const { memory } = house.mcpServers;
  const mcpServers = {
    ...house.mcpServers,
    ...(memory === undefined ? {} : { memory: { ...memory, concurrency: memoryConcurrency } }),
  };
  const servers = openServers(deps, { mcpServers });
  await Promise.all(Object.keys(mcpServers).map((name) => servers.listTools(name)));
  let sent = 0;
  const caller = {
    ...servers.caller,
    callTool: (...[call, how]: Parameters<typeof servers.caller.callTool>) => {
      sent += 1;
      return servers.caller.callTool(call, how);
    },
  };
  const batcher = createBatcher(
    { caller, ...deps },
    { concurrencyByServer: servers.concurrencyByServer, concurrency: 16, ...options },
  );
  const make = async (operation: Operation): Promise<Outcome> => {
    const outcome = await batcher.add(operation);
    if (outcome.status !== "ok") throw new Error(JSON.stringify(outcome));
    return outcome;
  };
  return {
    make,
    sent: () => sent,
    kept: async () => countEntities(await make({ server: "memory", tool: "read_graph", args: {}, kind: "read" })),
    folder: house.folder,
    async close() {
      await batcher.close();
      await servers.close();
      house.remove();
    },
  };
}

// The SDK is a dependency of the room, not of the benches: what is used of it.
interface BareClient {
  connect(transport: object): Promise<void>;
  listTools(): Promise<unknown>;
  callTool(
    call: { readonly name: string; readonly arguments: object },
    schema: undefined,
    options: object,
  ): Promise<unknown>;
  close(): Promise<void>;
}
interface ClientModule {
  readonly Client: new (info: { readonly name: string; readonly version: string }) => BareClient;
}
interface StdioModule {
  readonly StdioClientTransport: new (server: object) => object;
}

/** How a rival makes operations by bare clients of the SDK. */
export type RivalKind = "sequential" | "Promise.all" | "sketch";

/** Opens a rival: one bare client of the SDK for each server, `client.callTool` as its examples show it. */
export async function openRival(kind: RivalKind): Promise<Side> {
  const [{ Client }, { StdioClientTransport }] = await Promise.all([
    import(resolve("@modelcontextprotocol/sdk/client/index.js")) as Promise<ClientModule>,
    import(resolve("@modelcontextprotocol/sdk/client/stdio.js")) as Promise<StdioModule>,
  ]);
  const house = makeHouse();
  const clients = new Map(
    await Promise.all(
      Object.entries(house.mcpServers).map(async ([name, { command, args, env }]) => {
        const client = new Client({ name: "rival", version: "1.0.0" });
        await client.connect(new StdioClientTransport({ command, args: [...args], env, stderr: "ignore" }));
        await client.listTools();
        return [name, client] as const;
      }),
    ),
  );
  let sent = 0;
  const execute = async ({ server, tool, args, timeoutMs }: Operation): Promise<unknown> => {
    sent += 1;
    const client = clients.get(server);
    const options = timeoutMs === undefined ? {} : { timeout: timeoutMs };
    return client?.callTool({ name: tool, arguments: { ...args } }, undefined, options);
  };
  return {
    make: makerOf(kind, execute),
    sent: () => sent,
    kept: async () =>
      countEntities({ result: await execute({ server: "memory", tool: "read_graph", args: {}, kind: "read" }) }),
    folder: house.folder,
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
      house.remove();
    },
  };
}

function makerOf(kind: RivalKind, execute: (operation: Operation) => Promise<unknown>): Side["make"] {
  if (kind === "Promise.all") return execute;
  if (kind === "sequential") {
    let last: Promise<unknown> = Promise.resolve();
    return (operation) => {
      const mine = last.then(() => execute(operation));
      last = mine.catch(() => {});
      return mine;
    };
  }
  // Its `add` tells nobody anything; the bench looks into it to know when an operation's batch was over.
  let waiting: PromiseWithResolvers<unknown>[] = [];
  const sketch = new SketchBatcher<Operation>(execute, (flushed) => {
    const told = waiting;
    waiting = [];
    flushed.then(
      (results) => told.forEach((each, index) => each.resolve((results as readonly unknown[])[index])),
      (cause: unknown) => told.forEach((each) => each.reject(cause)),
    );
  });
  return (operation) => {
    const mine = Promise.withResolvers<unknown>();
    waiting.push(mine);
    sketch.add(operation).catch(() => {});
    return mine.promise;
  };
}

interface House {
  readonly folder: string;
  readonly mcpServers: Readonly<
    Record<
      string,
      ServerEntry & { readonly command: string; readonly args: readonly string[]; readonly env: Record<string, string> }
    >
  >;
  remove(): void;
}

function makeHouse(): House {
  const folder = mkdtempSync(join(tmpdir(), "kingly-bench-batcher-"));
  for (let index = 0; index < 10; index += 1)
    writeFileSync(join(folder, `note-${index}.txt`), `note ${index}\n`.repeat(20));
  const node = (name: string, args: readonly string[] = [], env: Record<string, string> = {}) => ({
    command: process.execPath,
    args: [programOf(name), ...args],
    env,
  });
  return {
    folder,
    mcpServers: {
      everything: node("everything"),
      files: node("filesystem", [folder]),
      memory: node("memory", [], { MEMORY_FILE_PATH: join(folder, "memory.jsonl") }),
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function countEntities(answer: unknown): number {
  const { result } = answer as { result: { structured?: Graph; structuredContent?: Graph } };
  return (result.structured ?? result.structuredContent)?.entities.length ?? 0;
}

interface Graph {
  readonly entities: readonly unknown[];
}
