import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSystemClock } from "@kingly/runtime";
import type { Clock } from "@kingly/runtime";
import { createMemoryLog, createSeededRandom } from "@kingly/runtime/testing";
import type { MemoryLog } from "@kingly/runtime/testing";
import { afterEach, beforeEach } from "vitest";
import { createBatcher } from "../src/index.ts";
import type { Batcher, BatcherOptions, Operation, Outcome } from "../src/index.ts";
import { openServers } from "../src/servers/index.ts";
import type { ServerEntry, Servers, ServersOptions, ServerState, StdioServerEntry } from "../src/servers/index.ts";

const { resolve } = createRequire(import.meta.url);

/** The program of a server that is a dependency of the tests. */
export const programOf = (name: string): string => resolve(`@modelcontextprotocol/server-${name}/dist/index.js`);

/** The path of a fixture. */
export const fixture = (file: string): string => fileURLToPath(new URL(`fixtures/${file}`, import.meta.url));

/** Servers and a batcher over them, in a folder of their own. */
export interface House {
  readonly servers: Servers;
  readonly batcher: Batcher;
  readonly log: MemoryLog;
  readonly add: (operation: Partial<Operation>) => Promise<Outcome>;
  readonly state: (name: string) => ServerState;
  /** Resolves with the first state of the server that fits: the one of now, or the next that is told. */
  readonly when: (name: string, fits: (state: ServerState) => boolean) => Promise<ServerState>;
}

let folder = "";
const opened: (Servers | Batcher)[] = [];

/** Gives each test of a file a fresh folder, and closes what it opened. */
export const keepHouse = (): void => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kingly-mcp-"));
  });
  afterEach(async () => {
    for (const thing of opened.splice(0)) await thing.close();
    rmSync(folder, { recursive: true, force: true });
  });
};

/** A path in the folder of this test. */
export const inFolder = (file: string): string => join(folder, file);

/** What a fixture wrote down. */
export const journal = (): readonly string[] => readFileSync(inFolder("journal"), "utf8").split("\n").filter(Boolean);

/** The entry of a fixture that writes a journal. */
export const fixtureEntry = (file: string, more: Partial<StdioServerEntry> = {}): StdioServerEntry => ({
  command: process.execPath,
  args: [fixture(file)],
  env: { JOURNAL: inFolder("journal") },
  ...more,
});

export const openHouse = (
  mcpServers: Record<string, ServerEntry>,
  options: ServersOptions & { readonly clock?: Clock; readonly batcher?: BatcherOptions } = {},
): House => {
  const { clock = createSystemClock(), batcher: batcherOptions = {}, ...serversOptions } = options;
  const log = createMemoryLog();
  const servers = openServers({ clock, random: createSeededRandom(7), log }, { mcpServers }, serversOptions);
  const { caller, concurrencyByServer } = servers;
  const batcher = createBatcher({ caller, clock, log }, { concurrencyByServer, ...batcherOptions });
  opened.push(batcher, servers);
  const [first = "none"] = Object.keys(mcpServers);
  const state = (name: string): ServerState => {
    const found = servers.states().find((each) => each.name === name);
    if (found === undefined) throw new Error(`no state of ${name}`);
    return found;
  };
  return {
    servers,
    batcher,
    log,
    state,
    add: (operation) => batcher.add({ server: first, tool: "greet", args: {}, kind: "read", ...operation }),
    when: (name, fits) =>
      new Promise((found) => {
        const now = state(name);
        if (fits(now)) return found(now);
        const stop = servers.onState((told) => {
          if (told.name !== name || !fits(told)) return;
          stop();
          found(told);
        });
        return undefined;
      }),
  };
};
