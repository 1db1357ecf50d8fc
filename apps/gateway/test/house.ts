// What several tests of the gateway need: folders that go away, a journal that is closed, waiting without a clock.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSystemClock } from "@kingly/runtime";
import { afterEach } from "vitest";
import { openJournal } from "../src/journal/journal.ts";
import type { Journal } from "../src/journal/journal.ts";

const cleanups: (() => unknown)[] = [];

/** Does `cleanup` after the test, the newest first. */
export function later(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Makes a folder for one test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kingly-gateway-"));
  later(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a journal that is closed after the test. */
export async function openTestJournal(path: string = join(makeFolder(), "gateway.db"), nowMs = 1): Promise<Journal> {
  const journal = await openJournal({ clock: createSystemClock() }, { path, nowMs });
  later(() => journal.close().catch(() => {}));
  return journal;
}

/** Waits until `isSo`, turn by turn of the event loop. The test's own timeout ends it. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
