import type { Clock } from "@kingly/runtime";
import type { Moment } from "./beliefs.ts";
import { checkTimeMs } from "./check-value.ts";
import type { Reader } from "./reader.ts";

/** A moment to look from, in ms since 1970: what was believed at `systemMs` about the world at `validMs`.
 *
 * What is left out is now: `{ validMs }` asks what we know today about then, `{ systemMs }` what we believed then of today. */
export interface AsOf {
  readonly validMs?: number;
  readonly systemMs?: number;
}

/** From where a point read looks: a unit (to see its own changes), the database, or either as of a moment. */
export type ReadFrom = Reader | { readonly asOf?: AsOf | undefined; readonly reader?: Reader };

/** What a read of the store looks with. */
export interface Sight {
  readonly database: Reader;
  readonly clock: Clock;
}

/** Tells a reader and a moment apart. */
export function readFrom(sight: Sight, from: ReadFrom | undefined): { readonly reader: Reader; readonly asOf?: AsOf } {
  if (from === undefined) return { reader: sight.database };
  if ("get" in from) return { reader: from };
  const reader = from.reader ?? sight.database;
  return from.asOf === undefined ? { reader } : { reader, asOf: from.asOf };
}

/** Returns the moment on both axes. Now is never earlier than the workspace's last change. [S34]
 *
 * Throws StoreError INVALID_VALUE for a time that is no whole number of ms. */
export function momentOf(sight: Sight, reader: Reader, workspaceId: string, asOf: AsOf = {}): Moment {
  const { validMs, systemMs } = asOf;
  if (validMs !== undefined) checkTimeMs(validMs, "asOf.validMs");
  if (systemMs !== undefined) checkTimeMs(systemMs, "asOf.systemMs");
  if (validMs !== undefined && systemMs !== undefined) return { validMs, systemMs };
  const head = reader.get<{ atMs: number }>("SELECT head_at AS atMs FROM workspaces WHERE id = ?", workspaceId);
  const nowMs = Math.max(sight.clock.nowMs(), head?.atMs ?? 0);
  return { validMs: validMs ?? nowMs, systemMs: systemMs ?? nowMs };
}
