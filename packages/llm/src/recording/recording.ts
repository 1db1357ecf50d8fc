import type { LlmErrorCode } from "../llm-error.ts";
import type { ModelEvent, ModelRequest } from "../model.ts";

/** Where recordings are kept: one text under each key, such as one file in a folder. */
export interface TextStore {
  /** Gives the text under a key; undefined when there is none. */
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string): Promise<void>;
}

/** One answer as it was recorded: what came when, and how it failed. Nothing of the request but its digest is in it. */
export interface Recording {
  readonly version: 1;
  readonly model: string;
  readonly events: readonly { readonly atMs: number; readonly event: ModelEvent }[];
  readonly error?: { readonly code: LlmErrorCode; readonly message: string; readonly retryAfterMs?: number };
}

/** Gives the key of a request: the digest of all that a model sees of it, and how often it was asked before. */
export async function recordingKey(model: string, request: ModelRequest, ordinal: number): Promise<string> {
  const { signal: _, deadlineMs: __, purpose: ___, ...seen } = request;
  const bytes = new TextEncoder().encode(JSON.stringify([model, sorted(seen)]));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `${Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("")}-${ordinal}`;
}

/** The same value with the keys of its objects in order: how it was written does not matter. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** Counts how often each request was asked, so that a repeat has its own answer. */
export function createOrdinals(): (model: string, request: ModelRequest) => Promise<string> {
  const counts = new Map<string, number>();
  return async (model, request) => {
    const first = await recordingKey(model, request, 0);
    const ordinal = counts.get(first) ?? 0;
    counts.set(first, ordinal + 1);
    return ordinal === 0 ? first : recordingKey(model, request, ordinal);
  };
}
