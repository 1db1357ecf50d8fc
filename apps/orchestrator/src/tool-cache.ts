import type { BatcherOptions } from "@kingly/mcp-batcher";

/** How long an answer to a read is used again, by the first word of the tool's name. Only what its server calls read-only
 * is kept, and a write to the same server throws it away; what somebody else changes meanwhile is seen so much later. [O54] */
const ttlMsByType = { list: 5000, search: 5000, find: 5000, directory: 5000, get: 2000, read: 2000 } as const;

/** Makes the batcher's cache of the settings; what they name wins over the kinds. */
export function toolCache(toolCacheMs: Readonly<Record<string, number>> = {}): NonNullable<BatcherOptions["cache"]> {
  return { ttlMs: toolCacheMs, ttlMsByType };
}
