import { writeFileSync } from "node:fs";
import { Client as ClientV2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as StdioV2 } from "@modelcontextprotocol/client/stdio";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { createSystemClock } from "@kingly/runtime";
import { createMemoryLog } from "@kingly/runtime/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createBatcher, fromClients } from "../src/index.ts";
import type { Batcher, ClientLike, Operation, Outcome, ToolProgress } from "../src/index.ts";
import { fixture, inFolder, journal, keepHouse, openHouse, programOf } from "./house.ts";

keepHouse();

interface Program {
  readonly command: string;
  readonly args: string[];
  readonly env?: Record<string, string>;
}
interface Connected {
  readonly client: ClientLike;
  readonly close: () => Promise<void>;
}
const info = { name: "contract", version: "1.0.0" };
const generations: readonly (readonly [string, (program: Program) => Promise<Connected>])[] = [
  [
    "@modelcontextprotocol/sdk (v1)",
    async (program) => {
      const client = new ClientV1(info);
      await client.connect(new StdioV1({ ...program, stderr: "ignore" }));
      return { client, close: () => client.close() };
    },
  ],
  [
    "@modelcontextprotocol/client (v2)",
    async (program) => {
      const client = new ClientV2(info);
      await client.connect(new StdioV2({ ...program, stderr: "ignore" }));
      return { client, close: () => client.close() };
    },
  ],
];

describe.each(generations)("%s", (_, connect) => {
  let connected: Connected[];
  let batcher: Batcher;
  let add: (operation: Partial<Operation>) => Promise<Outcome>;
  beforeEach(async () => {
    const node = (path: string, ...args: string[]): Program => ({ command: process.execPath, args: [path, ...args] });
    writeFileSync(inFolder("note.txt"), "hello");
    connected = await Promise.all([
      connect({ ...node(programOf("memory")), env: { MEMORY_FILE_PATH: inFolder("memory.jsonl") } }),
      connect(node(programOf("filesystem"), inFolder(""))),
      connect(node(programOf("everything"))),
      connect({ ...node(fixture("odd-server.ts")), env: { JOURNAL: inFolder("journal") } }),
    ]);
    const [memory, files, everything, odd] = connected.map(({ client }) => client);
    if (memory === undefined || files === undefined || everything === undefined || odd === undefined) throw new Error();
    const caller = fromClients({ memory, files, everything, odd });
    batcher = createBatcher(
      { caller, clock: createSystemClock(), log: createMemoryLog() },
      { concurrencyByServer: { memory: 1 } },
    );
    add = (operation) => batcher.add({ server: "odd", tool: "steps", args: {}, kind: "read", ...operation });
  });
  afterEach(async () => {
    await batcher.close();
    await Promise.all(connected.map(({ close }) => close()));
  });

  test("[M35][M2] real servers are read and written, twenty parallel writes are kept, and one bad call fails alone", async () => {
    const create = (name: string) =>
      add({
        server: "memory",
        tool: "create_entities",
        kind: "write",
        args: { entities: [{ name, entityType: "test", observations: [] }] },
      });
    const [file, sum, bad, ...created] = await Promise.all([
      add({ server: "files", tool: "read_text_file", args: { path: inFolder("note.txt") } }),
      add({ server: "everything", tool: "get-sum", args: { a: 2, b: 3 } }),
      add({ server: "memory", tool: "no_such_tool", kind: "write" }),
      ...Array.from({ length: 20 }, (_each, index) => create(`entity ${index}`)),
    ]);
    expect(file).toMatchObject({ status: "ok", result: { content: [{ type: "text", text: "hello" }] } });
    expect(sum).toMatchObject({ status: "ok", result: { content: [{ text: expect.stringContaining("5") }] } });
    expect(bad).toMatchObject({ status: "failed" });
    expect(created.every(({ status }) => status === "ok")).toBe(true);
    const graph = await add({ server: "memory", tool: "read_graph" });
    if (graph.status !== "ok") throw new Error(graph.status);
    expect((graph.result.structured as { entities: unknown[] }).entities).toHaveLength(20);
  });

  test("[M35][M28] progress is asked for and told; a cancel reaches the server", async () => {
    const heard: ToolProgress[] = [];
    expect(await add({ onProgress: (progress) => heard.push(progress) })).toMatchObject({ status: "ok" });
    // A client of one's own may drop progress that comes in one chunk with the answer; the servers' own does not.
    const steps = [1, 2, 3].map((progress) => ({ progress, total: 3, message: `step ${progress}` }));
    expect(heard).toEqual(steps.slice(0, heard.length));
    const begun = Promise.withResolvers<ToolProgress>();
    const stop = new AbortController();
    const hung = add({ tool: "hang", kind: "write", signal: stop.signal, onProgress: begun.resolve });
    await begun.promise;
    stop.abort();
    expect(await hung).toEqual({ status: "cancelled", effect: "unknown" });
    await vi.waitFor(() => expect(journal()).toContain("cancelled"));
  });

  test("[M35][M10][M12] the tool's own no, a flood, and a server that dies of the call are told apart", async () => {
    expect(await add({ tool: "refuse" })).toMatchObject({ error: { code: "tool_error", message: "not today" } });
    expect(await add({ tool: "flood" })).toMatchObject({ error: { code: "output_too_large" } });
    expect(await add({ tool: "die", kind: "write" })).toMatchObject({
      status: "unknown",
      error: { code: "connection_lost" },
    });
    expect(await add({ kind: "write" })).toMatchObject({ status: "failed", error: { code: "connection_lost" } });
    expect(await add({ server: "nobody" })).toMatchObject({ status: "failed", error: { code: "server_unknown" } });
  });
});

test("[M25] server-everything's own get-env shows no secret of ours", async () => {
  const canaries = [
    "ANTHROPIC_API_KEY",
    "AWS_SECRET_ACCESS_KEY",
    "KINGLY_TOKEN",
    "GITHUB_TOKEN",
    "NODE_OPTIONS_CANARY",
  ];
  for (const name of canaries) vi.stubEnv(name, `canary-${name}`);
  try {
    const entry = { command: process.execPath, args: [programOf("everything")], env: { GIVEN: "yes" } };
    const { add, state, log } = openHouse({ everything: entry });
    const outcome = await add({ tool: "get-env" });
    if (outcome.status !== "ok") throw new Error(JSON.stringify(outcome));
    expect(JSON.stringify(outcome)).toContain("GIVEN");
    expect(JSON.stringify([outcome, state("everything"), log.entries])).not.toContain("canary");
  } finally {
    vi.unstubAllEnvs();
  }
});
