// A house with the slow server of the fixtures, and workflows that call it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerEntry } from "@kingly/mcp-batcher/servers";

/** Says which calls the slow server has had, and lets those that wait end. */
export interface SlowServer {
  readonly entry: ServerEntry;
  calls(): readonly string[];
  release(): void;
}

/** Prepares the slow server of one home. */
export function slowServer(home: string): SlowServer {
  const journal = join(home, "journal");
  const release = join(home, "release");
  return {
    entry: {
      command: process.execPath,
      args: [join(import.meta.dirname, "fixtures/slow-server.ts")],
      env: { JOURNAL: journal, RELEASE: release },
    },
    calls: () => (existsSync(journal) ? readFileSync(journal, "utf8").trimEnd().split("\n") : []),
    release: () => writeFileSync(release, ""),
  };
}

/** Writes a workflow file into the home. */
export function writeWorkflow(home: string, name: string, text: string): void {
  mkdirSync(join(home, "workflows"), { recursive: true });
  writeFileSync(join(home, "workflows", name), text);
}

/** A workflow of one call that waits, then one that is quick. */
export function callWorkflow(id: string, idempotent: boolean): string {
  return `
id: ${id}
name: ${id}
steps:
  - { id: first, kind: mcp, server: slow, tool: wait, idempotent: ${idempotent}, with: { tag: ${id} } }
  - { id: second, kind: mcp, server: slow, tool: quick, needs: [first], with: { tag: ${id} } }
`;
}
