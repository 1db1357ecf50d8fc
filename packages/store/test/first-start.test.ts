import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { verifyFile } from "../src/index.ts";

const processes = 8;
const rounds = 4;

test(
  `[DB27][S1] ${processes} processes that open one new file at once all come up, ${rounds} times over, and make one whole store`,
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "kingly-first-"));
    const children = Array.from({ length: processes }, () => {
      const child = spawn(process.execPath, [join(import.meta.dirname, "fixtures/open-and-leave.ts")], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      return { child, said: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
    });
    const open = (path: string): Promise<readonly string[]> =>
      Promise.all(
        children.map(async ({ child, said }) => {
          child.stdin.write(`${path}\n`);
          return String((await said.next()).value);
        }),
      );
    // Everybody has loaded the program before the first file is there.
    await open(":memory:");
    for (let round = 0; round < rounds; round += 1) {
      expect(await open(join(folder, `${round}.db`))).toEqual(Array.from({ length: processes }, () => "ok"));
    }
    for (const { child } of children) child.stdin.end();
    expect((await verifyFile(join(folder, "0.db"))).findings).toEqual([]);
    // Nothing was there before: no backup was made.
    expect(readdirSync(folder).filter((name) => name.includes(".before-"))).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
  },
);
