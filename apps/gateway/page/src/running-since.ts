import type { BoardRun, BoardTask } from "../../src/board/board.ts";
import { toneOf } from "./status-tone.ts";

/** Keeps since when each running thing runs: the moment at which it was first seen running. */
export function runningSince(
  before: ReadonlyMap<string, number>,
  things: readonly (BoardTask | BoardRun)[],
): ReadonlyMap<string, number> {
  const running = things.filter((thing) => toneOf(thing.status) === "go");
  return new Map(running.map((thing) => [thing.id, before.get(thing.id) ?? thing.updatedAtMs]));
}
