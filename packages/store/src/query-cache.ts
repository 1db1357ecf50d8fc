import type { Clock } from "@kingly/runtime";
import type { Database } from "@kingly/sqlite";
import { forever } from "./forever.ts";

/** Answers of lists and searches, kept for a short while. [S100] */
export interface QueryCache {
  /** Returns `room` with the named reads answered from the cache while nothing was written to their workspace. */
  over<Room extends object>(roomName: string, room: Room, reads: readonly (keyof Room)[]): Room;
}

/** The limits of the cache. */
export interface QueryCacheOptions {
  /** How long an answer is kept, in ms; 0 keeps none. */
  readonly ttlMs: number;
  /** Answers kept at most; the one unused for longest goes first. */
  readonly maxEntries: number;
  /** Bytes of answers at most, roughly counted. */
  readonly maxBytes: number;
}

// A longer text is no question that is asked twice.
const maxKeyLength = 4096;

interface Entry {
  readonly value: unknown;
  /** The workspace's log when it was read: any change there makes another one. */
  readonly stamp: string;
  /** On the monotonic clock. */
  readonly untilMs: number;
  /** On the wall clock. */
  readonly readAtMs: number;
  /** On the wall clock: the next moment at which a fact begins or ends by itself. Looked up when the answer is first
   * asked for again: under the same stamp it is still the same, and most answers are never asked for again. */
  turnsAtMs: number | undefined;
  readonly bytes: number;
}

type Read = (workspaceId: string, ...rest: readonly unknown[]) => unknown;

const turnTables = ["projects", "tasks", "memory"] as const;
const turnParameters = (workspaceId: string, nowMs: number): readonly (string | number)[] =>
  Array.from({ length: 4 }, () => [workspaceId, nowMs]).flat();

// Bounded beliefs and those that begin later than they were told are few, and have indexes of their own.
const nextTurnSql = `SELECT min(at) AS at FROM (${turnTables
  .map(
    (
      table,
    ) => `SELECT min(valid_to) AS at FROM ${table} WHERE workspace_id = ? AND valid_to > ? AND valid_to < ${forever}
    UNION ALL SELECT min(valid_from) FROM ${table} WHERE workspace_id = ? AND valid_from > ? AND valid_from > sys_from
    UNION ALL SELECT min(valid_to) FROM ${table}_history WHERE workspace_id = ? AND valid_to > ? AND sys_to = ${forever}
    UNION ALL SELECT min(valid_from) FROM ${table}_history WHERE workspace_id = ? AND valid_from > ? AND sys_to = ${forever}
      AND valid_from > sys_from`,
  )
  .join(" UNION ALL ")})`;

/** Creates the cache. The position of a workspace's log is its version: every writer's change moves it. [S100]
 *
 * The key holds the workspace and all arguments, as-of included. A read inside a unit is never answered from it. */
export function createQueryCache(
  deps: { readonly database: Database; readonly clock: Clock },
  options: QueryCacheOptions,
): QueryCache {
  const { database, clock } = deps;
  // A Map keeps insertion order: the first key is the one unused for longest.
  const entries = new Map<string, Entry>();
  let bytes = 0;
  const drop = (key: string): void => {
    bytes -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };
  const keep = (key: string, entry: Entry): void => {
    drop(key);
    entries.set(key, entry);
    bytes += entry.bytes;
    for (const oldest of entries.keys()) {
      if (entries.size <= options.maxEntries && bytes <= options.maxBytes) break;
      drop(oldest);
    }
  };
  const stampOf = (workspaceId: string): string | undefined =>
    database.get<{ stamp: string }>(
      "SELECT epoch || ':' || head_seq AS stamp FROM workspaces WHERE id = ?",
      workspaceId,
    )?.stamp;

  const nextTurn = (workspaceId: string, nowMs: number): number =>
    database.get<{ at: number | null }>(nextTurnSql, ...turnTables.flatMap(() => turnParameters(workspaceId, nowMs)))
      ?.at ?? Number.POSITIVE_INFINITY;

  const cached = (name: string, read: Read): Read => {
    return (workspaceId, ...rest) => {
      const stamp = rest.every((argument) => isPlain(argument)) ? stampOf(workspaceId) : undefined;
      if (stamp === undefined) return read(workspaceId, ...rest);
      const key = JSON.stringify([name, workspaceId, ...rest]);
      if (key.length > maxKeyLength) return read(workspaceId, ...rest);
      const known = entries.get(key);
      const nowMs = clock.nowMs();
      const isFresh = (entry: Entry): boolean =>
        entry.stamp === stamp &&
        clock.monotonicMs() < entry.untilMs &&
        entry.readAtMs <= nowMs &&
        nowMs < (entry.turnsAtMs ??= nextTurn(workspaceId, entry.readAtMs));
      if (known !== undefined && isFresh(known)) {
        keep(key, known);
        return known.value;
      }
      const value = read(workspaceId, ...rest);
      const entry: Entry = {
        value,
        stamp,
        untilMs: clock.monotonicMs() + options.ttlMs,
        readAtMs: nowMs,
        turnsAtMs: undefined,
        bytes: bytesOf(value),
      };
      keep(key, entry);
      if (value instanceof Promise) {
        const isKept = (): boolean => entries.get(key) === entry;
        value.then(
          (found) => void (isKept() && keep(key, { ...entry, bytes: bytesOf(found) })),
          // A read that fails is not an answer.
          () => void (isKept() && drop(key)),
        );
      }
      return entry.value;
    };
  };

  return {
    over(roomName, room, reads) {
      if (options.ttlMs === 0) return room;
      const over = reads.map((name) => [name, cached(`${roomName}.${String(name)}`, room[name] as Read)]);
      return { ...room, ...Object.fromEntries(over) };
    },
  };
}

/** Whether an argument can stand in a key: no unit, no reader, no function. */
function isPlain(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).every((part) => isPlain(part));
  return typeof value !== "function" && typeof value !== "bigint" && typeof value !== "symbol";
}

function bytesOf(value: unknown): number {
  if (typeof value === "string") return 2 * value.length + 16;
  if (typeof value !== "object" || value === null) return 16;
  let bytes = 32;
  for (const part of Object.values(value)) bytes += bytesOf(part);
  return bytes;
}
