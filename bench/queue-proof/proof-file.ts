import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { migrateQueue } from "@kingly/queue";
import { openDatabase } from "@kingly/sqlite";
import type { Database } from "@kingly/sqlite";

/** A file of its own with the tables of the queue and one more, `done`. */
export interface ProofFile {
  readonly database: Database;
  readonly path: string;
  readonly end: () => Promise<void>;
}

export async function openProofFile(): Promise<ProofFile> {
  const folder = mkdtempSync(join(tmpdir(), "kingly-queue-proof-"));
  const path = join(folder, "jobs.db");
  const database = openDatabase({ path });
  await migrateQueue(database);
  await database.write((unit) => void unit.run("CREATE TABLE done (job INTEGER)"));
  return {
    database,
    path,
    async end() {
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs so many programs of this folder at once. Returns what each of them said; throws when one of them failed. */
export function runAll(count: number, program: (index: number) => readonly string[]): Promise<string[]> {
  const run = async (index: number): Promise<string> => {
    const [file = "", ...parameters] = program(index);
    const child = spawn(process.execPath, [join(import.meta.dirname, file), ...parameters], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
    if (code !== 0) throw new Error(`${file} ended with ${code}`);
    return said;
  };
  return Promise.all(Array.from({ length: count }, (_, index) => run(index)));
}
