import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { openServers } from "@kingly/mcp-batcher/servers";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { cause, openHouse, workspaceId } from "./house.ts";
import { takeTurns, tell } from "./turns.ts";
import { createWords } from "./words.ts";

interface Thing {
  readonly name: string;
  readonly entityType: string;
  readonly observations: readonly string[];
}

/** Holds `size` entities in server-memory, behind a real client over stdio, and in the graph of the store, in turn. */
export async function benchRival(size: number, rounds: number): Promise<void> {
  const house = await openHouse();
  const words = createWords(5);
  const things = Array.from({ length: size }, (_, index): Thing => ({
    name: `thing ${words.word(index)} ${index}`,
    entityType: "thing",
    observations: [words.text(20)],
  }));
  const path = join(house.folder, "memory.jsonl");
  writeFileSync(path, things.map((thing) => JSON.stringify({ type: "entity", ...thing })).join("\n"));
  const require = createRequire(new URL("../../packages/mcp-batcher/package.json", import.meta.url));
  const servers = openServers(
    { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() },
    {
      mcpServers: {
        memory: {
          command: process.execPath,
          args: [require.resolve("@modelcontextprotocol/server-memory/dist/index.js")],
          env: { MEMORY_FILE_PATH: path },
        },
      },
    },
  );
  const { database, store } = house;
  const call = async (tool: string, args: Readonly<Record<string, unknown>>): Promise<void> => {
    const watch = { signal: new AbortController().signal, timeoutMs: 60_000, onProgress: () => {} };
    const { isError } = await servers.caller.callTool({ server: "memory", tool, args }, watch);
    if (isError) throw new Error(`${tool} failed`);
  };
  const name = (index: number): string => things[(index * 7919) % size]?.name ?? "";
  const fresh = (index: number, side: string): Thing => ({
    name: `${side} ${words.word(index)} ${size + index}`,
    entityType: "thing",
    observations: [words.text(20)],
  });
  try {
    for (let from = 0; from < size; from += 500) {
      await database.write((unit) => {
        for (const thing of things.slice(from, from + 500))
          store.entities.describe(unit, { workspaceId, ...thing }, cause);
      });
    }
    console.log(
      `\n== ${size.toLocaleString("en-US")} entities, beside server-memory over stdio (not durable: it never syncs)`,
    );
    const turns = { rounds, calls: 10 };
    tell(
      "create one entity",
      await takeTurns(
        [
          { name: "server-memory", work: (index) => call("create_entities", { entities: [fresh(index, "theirs")] }) },
          {
            name: "entities.describe",
            work: (index) =>
              database.write((unit) => store.entities.describe(unit, { workspaceId, ...fresh(index, "ours") }, cause)),
          },
        ],
        turns,
      ),
    );
    tell(
      "search one word",
      await takeTurns(
        [
          { name: "server-memory", work: (index) => call("search_nodes", { query: words.word(400 + (index % 500)) }) },
          {
            name: "entities.search",
            work: (index) => store.entities.search(workspaceId, words.word(400 + (index % 500))),
          },
        ],
        turns,
      ),
    );
    tell(
      "open one",
      await takeTurns(
        [
          { name: "server-memory", work: (index) => call("open_nodes", { names: [name(index)] }) },
          { name: "entities.open", work: (index) => store.entities.open(workspaceId, [name(index)]) },
        ],
        turns,
      ),
    );
  } finally {
    await servers.close();
    await house.close();
  }
}
