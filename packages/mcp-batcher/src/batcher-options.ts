import { describeCause } from "./describe-cause.ts";
import { McpBatcherError } from "./mcp-batcher-error.ts";

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
  /** The longest silence of a running call in milliseconds; progress begins it anew. @default 60000 */
  readonly timeoutMs?: number;
  /** The longest call in milliseconds, whatever its progress. @default 1800000 */
  readonly maxTotalMs?: number;
  /** The largest answer, in bytes of JSON. @default 1000000 */
  readonly maxOutputBytes?: number;
  /** The largest arguments, in bytes of JSON. @default 1000000 */
  readonly maxInputBytes?: number;
  /** Operations that are not settled, waiting or running. @default 10000 */
  readonly maxQueued?: number;
  /** Repeats of a call whose connection was lost, where a repeat does no harm; 0 for none. @default 1 */
  readonly maxRepeats?: number;
}

const defaults = {
  maxBatch: 10,
  maxDelayMs: 100,
  concurrency: 4,
  concurrencyByServer: {},
  timeoutMs: 60_000,
  maxTotalMs: 1_800_000,
  maxOutputBytes: 1_000_000,
  maxInputBytes: 1_000_000,
  maxQueued: 10_000,
  maxRepeats: 1,
} as const satisfies Required<BatcherOptions>;

const mayBeZero: ReadonlySet<string> = new Set(["maxDelayMs", "maxRepeats"]);

/** Fills in the defaults. Throws {@link McpBatcherError} `invalid_options` naming the option and what it was. [M17] */
export function resolveBatcherOptions(options: BatcherOptions): Required<BatcherOptions> {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const resolved: Required<BatcherOptions> = { ...defaults, ...given };
  for (const [name, value] of Object.entries(resolved)) {
    if (name === "concurrencyByServer") continue;
    check(name, value, mayBeZero.has(name) ? 0 : 1);
  }
  for (const [server, value] of Object.entries(resolved.concurrencyByServer)) {
    check(`concurrencyByServer.${server}`, value, 1);
  }
  return resolved;
}

function check(name: string, value: unknown, least: number): void {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return;
  throw new McpBatcherError("invalid_options", `Option ${name} is ${describeCause(value)}.`, {
    hint: `Give a whole number of at least ${least}.`,
  });
}
