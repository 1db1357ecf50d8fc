import { commands } from "./command.ts";
import { createScannerFor } from "./scanner.ts";
import type { Scanner, ScannerOptions } from "./scanner.ts";

/** Creates a scanner for the stream of one model. [C29]
 *
 * Chunks may be cut anywhere; events are the same, but for how prose and deltas are cut. Linear in the length of the
 * stream; holds back at most 47 characters of prose and keeps at most one command of `maxLength`.
 * Throws RangeError for an option out of its range. */
export function createScanner(options: ScannerOptions = {}): Scanner {
  return createScannerFor(commands, options);
}
