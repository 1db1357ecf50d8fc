import type { Clock } from "@kingly/runtime";
import { LRUCache } from "lru-cache";
import type { ResultCacheOptions } from "./batcher-options.ts";
import type { ToolCall, ToolCaller } from "./tool-caller.ts";

/** How much a cache of answers holds, and how it does. */
export interface CacheStats {
  readonly entries: number;
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
  /** Answers thrown away because something was written to their server, or by `forget`. */
  readonly invalidated: number;
}

/** Answers to reads, for a while, until something is written to their server. */
export interface ResultCache {
  /** Whether answers of this tool are kept at all. */
  ttlMs(call: ToolCall): number;
  find(call: ToolCall, key: string): { readonly json: string; readonly ageMs: number } | undefined;
  /** The moment a read is added: what it answers is kept only when nothing was written since. */
  moment(server: string): number;
  keep(call: ToolCall, key: string, json: string, moment: number): void;
  /** Throws the answers of one server away, or all. */
  forget(server?: string): void;
  stats(): CacheStats;
}

interface Kept {
  readonly server: string;
  readonly json: string;
  readonly atMs: number;
  readonly untilMs: number;
}

const asciiPerEntry = 64;

/** Creates a cache bounded by entries and bytes; the answer that was not used for longest goes first. [M29] */
export function createResultCache(
  deps: { readonly clock: Clock; readonly caller: ToolCaller },
  options: Required<ResultCacheOptions>,
): ResultCache {
  const { clock, caller } = deps;
  const keysOf = new Map<string, Set<string>>();
  const kept = new LRUCache<string, Kept>({
    max: options.maxEntries,
    maxSize: options.maxBytes,
    // A number for each sign would be exact; keys and answers are mostly of one byte a sign.
    sizeCalculation: ({ json }, key) => Buffer.byteLength(json) + Buffer.byteLength(key) + asciiPerEntry,
    dispose: ({ server }, key, reason) => {
      if (reason === "set") return;
      const keys = keysOf.get(server);
      keys?.delete(key);
      if (keys?.size === 0) keysOf.delete(server);
    },
  });
  const moments = new Map<string, number>();
  let wholeMoment = 0;
  let hits = 0;
  let misses = 0;
  let invalidated = 0;

  const moment = (server: string): number => wholeMoment + (moments.get(server) ?? 0);
  const ttlMs = ({ server, tool }: ToolCall): number => {
    const given = options.ttlMs[`${server}.${tool}`] ?? options.ttlMs[server];
    if (given !== undefined) return given;
    const byType = options.ttlMsByType[typeOf(tool)] ?? options.ttlMsByType["*"] ?? 0;
    // Whoever calls it a read may be wrong; a whole type is kept only where the server says so as well.
    return byType > 0 && caller.isReadOnly?.(server, tool) === true ? byType : 0;
  };
  return {
    ttlMs,
    moment,
    find(call, key) {
      const found = kept.get(key);
      const nowMs = clock.monotonicMs();
      if (found !== undefined && nowMs < found.untilMs) {
        hits += 1;
        return { json: found.json, ageMs: Math.max(0, nowMs - found.atMs) };
      }
      if (found !== undefined) kept.delete(key);
      misses += 1;
      return undefined;
    },
    keep(call, key, json, since) {
      const { server } = call;
      const keepMs = ttlMs(call);
      if (keepMs <= 0 || since !== moment(server)) return;
      const nowMs = clock.monotonicMs();
      kept.set(key, { server, json, atMs: nowMs, untilMs: nowMs + keepMs });
      // What is too large for the cache was not taken.
      if (kept.has(key)) keysOf.set(server, (keysOf.get(server) ?? new Set()).add(key));
    },
    forget(server) {
      if (server === undefined) {
        wholeMoment += 1;
        invalidated += kept.size;
        kept.clear();
        return;
      }
      moments.set(server, (moments.get(server) ?? 0) + 1);
      const keys = [...(keysOf.get(server) ?? [])];
      invalidated += keys.length;
      for (const key of keys) kept.delete(key);
    },
    stats: () => ({ entries: kept.size, bytes: kept.calculatedSize, hits, misses, invalidated }),
  };
}

/** The type of a tool is the first word of its name: `read_file` and `readFile` are `read`. */
function typeOf(tool: string): string {
  return (/^[A-Z]?[a-z]+|^[A-Z]+|^[^_\-.]+/.exec(tool)?.[0] ?? tool).toLowerCase();
}
