import { describeCause } from "./describe-cause.ts";
import { McpBatcherError } from "./mcp-batcher-error.ts";

/** Which answers to reads are kept, and for how long. Nothing is kept of a tool for which no time is given. [M29] */
export interface ResultCacheOptions {
  /** Milliseconds by `server.tool`, or by `server` for all its tools; 0 for never. @default {} */
  readonly ttlMs?: Readonly<Record<string, number>>;
  /** Milliseconds by the first word of the tool's name (`read`, `list`, `search`; `*` for any other), used only for
   * tools of which their server says that they read only. @default {} */
  readonly ttlMsByType?: Readonly<Record<string, number>>;
  /** Answers kept at most, 1 or more. @default 1000 */
  readonly maxEntries?: number;
  /** Their size at most, in bytes of JSON with their keys, 1 or more. @default 10000000 */
  readonly maxBytes?: number;
}

/** How a batcher collects, watches and limits. */
export interface BatcherOptions {
  /** Operations of one batch, 1 or more. @default 10 */
  readonly maxBatch?: number;
  /** The longest an operation is collected, in milliseconds, 0 or more. @default 100 */
  readonly maxDelayMs?: number;
  /** Calls that run at once on one server, 1 or more. @default 4 */
  readonly concurrency?: number;
  /** The same for single servers, by name. A server that loses parallel writes (`server-memory`) needs 1. @default {} */
  readonly concurrencyByServer?: Readonly<Record<string, number>>;
  /** The longest silence of a running call in milliseconds; progress, and a ping that its server answers, begin it
   * anew. @default 60000 */
  readonly timeoutMs?: number;
  /** The longest call in milliseconds, whatever its progress. @default 1800000 */
  readonly maxTotalMs?: number;
  /** A call without progress for so many milliseconds is called quiet. @default 30000 */
  readonly quietAfterMs?: number;
  /** The largest answer, in bytes of JSON. @default 1000000 */
  readonly maxOutputBytes?: number;
  /** The largest arguments, in bytes of JSON. @default 1000000 */
  readonly maxInputBytes?: number;
  /** Operations that are not settled, waiting or running. @default 10000 */
  readonly maxQueued?: number;
  /** Repeats of a call whose connection was lost, where a repeat does no harm; 0 for none. @default 1 */
  readonly maxRepeats?: number;
  /** Which answers to reads are used again. Default: none. */
  readonly cache?: ResultCacheOptions;
}

/** The options with their defaults. */
export interface ResolvedBatcherOptions extends Required<Omit<BatcherOptions, "cache">> {
  readonly cache: Required<ResultCacheOptions>;
}

const defaults = {
  maxBatch: 10,
  maxDelayMs: 100,
  concurrency: 4,
  concurrencyByServer: {},
  timeoutMs: 60_000,
  maxTotalMs: 1_800_000,
  quietAfterMs: 30_000,
  maxOutputBytes: 1_000_000,
  maxInputBytes: 1_000_000,
  maxQueued: 10_000,
  maxRepeats: 1,
} as const satisfies Required<Omit<BatcherOptions, "cache">>;

const cacheDefaults = {
  ttlMs: {},
  ttlMsByType: {},
  maxEntries: 1_000,
  maxBytes: 10_000_000,
} as const satisfies Required<ResultCacheOptions>;

const mayBeZero: ReadonlySet<string> = new Set(["maxDelayMs", "maxRepeats"]);

/** Fills in the defaults. Throws {@link McpBatcherError} `invalid_options` naming the option and what it was. [M17] */
export function resolveBatcherOptions(options: BatcherOptions): ResolvedBatcherOptions {
  const { cache: givenCache, ...rest } = withoutUndefined(options);
  const cache: Required<ResultCacheOptions> = { ...cacheDefaults, ...withoutUndefined(givenCache ?? {}) };
  const resolved: ResolvedBatcherOptions = { ...defaults, ...rest, cache };
  for (const [name, value] of Object.entries(resolved)) {
    if (name !== "concurrencyByServer" && name !== "cache") check(name, value, mayBeZero.has(name) ? 0 : 1);
  }
  for (const [server, value] of Object.entries(resolved.concurrencyByServer)) {
    check(`concurrencyByServer.${server}`, value, 1);
  }
  check("cache.maxEntries", cache.maxEntries, 1);
  check("cache.maxBytes", cache.maxBytes, 1);
  for (const [name, value] of Object.entries(cache.ttlMs)) check(`cache.ttlMs.${name}`, value, 0);
  for (const [name, value] of Object.entries(cache.ttlMsByType)) check(`cache.ttlMsByType.${name}`, value, 0);
  return resolved;
}

function withoutUndefined<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
}

function check(name: string, value: unknown, least: number): void {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return;
  throw new McpBatcherError("invalid_options", `Option ${name} is ${describeCause(value)}.`, {
    hint: `Give a whole number of at least ${least}.`,
  });
}
