import { LlmError } from "../llm-error.ts";
import type { LlmErrorCode } from "../llm-error.ts";

/** What a server said instead of an answer. */
export interface HttpFailure {
  /** Undefined for an error in the middle of a stream. */
  readonly status: number | undefined;
  readonly headers?: Pick<Headers, "get"> | undefined;
  /** Its word for the error, such as "overloaded_error". */
  readonly type?: string | undefined;
  /** All it said; kept as the cause, never in the message: it may quote the prompt. */
  readonly text?: string | undefined;
}

const hints: Readonly<Partial<Record<LlmErrorCode, string>>> = {
  rate_limited: "Ask less often, or wait.",
  unauthorized: "Look whether the key is right and may use this model.",
  bad_request: "Look whether the model's name and the request fit; asking again will not help.",
  model_unavailable: "Ask again later, or ask another model.",
};

/** Makes an error of what a server said, by its status, else by its own word. [L12] */
export function toLlmError(name: string, failure: HttpFailure, nowMs: number, secrets: readonly string[]): LlmError {
  const { status, headers, type, text } = failure;
  const code = status === undefined ? codeOfType(type) : codeOfStatus(status);
  // A word of the protocol may be told; a sentence may hold anything.
  const word = type !== undefined && /^[\w.-]{1,64}$/.test(type) ? ` ${type}` : "";
  const said = status === undefined ? `broke off${word && ` with${word}`}` : `refused with ${status}${word}`;
  return new LlmError(code, `The model ${name} ${said}. ${hints[code] ?? ""}`.trim(), {
    retryAfterMs: headers && retryAfterMsOf(headers, nowMs),
    ...(text === undefined ? {} : { cause: whyOf(text, secrets) }),
  });
}

/** Makes the cause of an error: the innermost reason, at most 500 characters, without any secret. */
export function whyOf(thrown: unknown, secrets: readonly string[]): Error {
  let inner = thrown;
  while (inner instanceof Error && inner.cause !== undefined) inner = inner.cause;
  // A connection that was tried at several addresses says why in its code alone.
  const code = inner instanceof Error && "code" in inner ? ` ${String(inner.code)}` : "";
  const text = inner instanceof Error ? `${inner.message}${code}` : typeof inner === "string" ? inner : "unknown";
  return new Error(redact(text, secrets).slice(0, 500));
}

/** Takes every secret out of a text. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => (secret === "" ? left : left.replaceAll(secret, "[secret]")), text);
}

function codeOfStatus(status: number): LlmErrorCode {
  if (status === 429) return "rate_limited";
  if (status === 401 || status === 402 || status === 403) return "unauthorized";
  if (status === 408 || status === 409 || status >= 500) return "model_unavailable";
  return "bad_request";
}

function codeOfType(type = ""): LlmErrorCode {
  if (/rate_limit/.test(type)) return "rate_limited";
  if (/authentication|permission|billing/.test(type)) return "unauthorized";
  if (/invalid_request|not_found|too_large|context_length/.test(type)) return "bad_request";
  return "model_unavailable";
}

// Longer than a day nobody waits; a date may be any.
const mostRetryAfterMs = 24 * 3_600_000;

/** Reads `retry-after-ms`, else `retry-after` in seconds or as a date; undefined when neither makes sense. */
export function retryAfterMsOf(headers: Pick<Headers, "get">, nowMs: number): number | undefined {
  const ms = Number.parseFloat(headers.get("retry-after-ms") ?? "");
  if (ms >= 0) return Math.min(ms, mostRetryAfterMs);
  const after = headers.get("retry-after");
  if (after === null) return undefined;
  const afterMs = /^\s*\d+(\.\d+)?\s*$/.test(after) ? Number(after) * 1000 : Date.parse(after) - nowMs;
  return Number.isFinite(afterMs) ? Math.min(Math.max(0, afterMs), mostRetryAfterMs) : undefined;
}
