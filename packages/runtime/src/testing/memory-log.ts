import { createLog } from "../log.ts";
import type { Log, LogEntry } from "../log.ts";

/** A log that keeps what was said, oldest first. */
export interface MemoryLog extends Log {
  readonly entries: readonly LogEntry[];
}

/** Creates a log that remembers every entry, those of its children too. [RT6] */
export function createMemoryLog(): MemoryLog {
  const entries: LogEntry[] = [];
  return { ...createLog((entry) => void entries.push(entry)), entries };
}
