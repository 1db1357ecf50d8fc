import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";

// The server is a dependency of the batcher's tests; your own config names any command.
const { resolve } = createRequire(import.meta.resolve("@kingly/mcp-batcher/package.json"));
const memoryServer = resolve("@modelcontextprotocol/server-memory/dist/index.js");
const folder = mkdtempSync(join(tmpdir(), "kingly-example-"));
const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };

//#region use
import { createBatcher } from "@kingly/mcp-batcher";
import { openServers } from "@kingly/mcp-batcher/servers";

const servers = openServers(deps, {
  mcpServers: {
    memory: {
      command: process.execPath,
      args: [memoryServer],
      env: { MEMORY_FILE_PATH: join(folder, "memory.jsonl") },
      concurrency: 1, // this server loses writes that run in parallel
    },
  },
});
const { caller, concurrencyByServer } = servers;
const batcher = createBatcher({ caller, ...deps }, { concurrencyByServer });

const remember = (name: string) =>
  batcher.add({
    server: "memory",
    tool: "create_entities",
    args: { entities: [{ name, entityType: "person", observations: [] }] },
    kind: "write",
  });
const outcomes = await Promise.all(["Ada", "Grace", "Barbara"].map(remember));

// A bad operation fails alone, as a value that says what to do.
const bad = await batcher.add({ server: "memori", tool: "read_graph", args: {}, kind: "read" });
//#endregion

assert.deepEqual(
  outcomes.map(({ status }) => status),
  ["ok", "ok", "ok"],
);
assert.equal(bad.status === "failed" && bad.error.hint, "Use one of: memory.");
const graph = await batcher.add({ server: "memory", tool: "read_graph", args: {}, kind: "read" });
assert.ok(graph.status === "ok");
const { entities } = graph.result.structured as { entities: { name: string }[] };
assert.deepEqual(
  entities.map(({ name }) => name),
  ["Ada", "Grace", "Barbara"],
);
await batcher.close();
await servers.close();
rmSync(folder, { recursive: true });
console.log(`mcp-batcher: ${entities.length} parallel writes kept, one bad operation failed alone`);
