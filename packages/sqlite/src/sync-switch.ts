import type { Connection } from "./connection.ts";

/** What a committed unit outlives: a power cut, or the end of the process only (`kill -9` included). */
export type Survives = "powerCut" | "process";

/** Creates what sets how the next commit reaches the disk; asked between transactions only. [DB28]
 *
 * The fsync of a commit brings all that was written to the WAL before it to the disk too, so a lighter commit is never
 * lost behind a heavier one. Setting costs 11 us, a commit without its fsync 20 instead of 180. */
export function createSyncSwitch(connection: Pick<Connection, "pragma">): (survives: Survives) => void {
  // As a connection is opened.
  let current: Survives = "powerCut";
  return (survives) => {
    if (survives === current) return;
    connection.pragma(`synchronous = ${survives === "powerCut" ? "FULL" : "NORMAL"}`);
    current = survives;
  };
}
