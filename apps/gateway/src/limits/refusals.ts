import type { Refusal } from "@kingly/door";
import { overloadRetryMs } from "./turn-budget.ts";

/** Why something was not taken now: what happened, what to do, and after how many milliseconds. */
export interface LaterRefusal<Code extends string = "rate_limited"> {
  readonly code: Code;
  readonly message: string;
  readonly hint: string;
  readonly retryAfterMs: number;
}

/** Makes the refusal of what came too often. [G44] */
export function rateLimited(retryAfterMs: number): LaterRefusal {
  return {
    code: "rate_limited",
    message: "That is more than is taken at once.",
    hint: `Nothing was kept of this. Try again in ${retryAfterMs} ms.`,
    retryAfterMs,
  };
}

/** Why something was turned away while more was said than can be dealt with. [G70] */
export const overloaded: LaterRefusal<"busy"> = {
  code: "busy",
  message: "More is said now than can be answered in time.",
  hint: `Nothing was kept of this. Try again in ${overloadRetryMs} ms.`,
  retryAfterMs: overloadRetryMs,
};

/** The same over HTTP: 429, with whole seconds. */
export function tooManyRequests(retryAfterMs: number): Refusal {
  const { code, message, hint } = rateLimited(retryAfterMs);
  return { status: 429, code, message, hint, headers: retryAfter(retryAfterMs) };
}

/** Why no further link or stream is opened. [G45] */
export const tooManyConnections: Refusal = {
  status: 429,
  code: "too_many_connections",
  message: "Too many links and streams are open.",
  hint: "Close one that is not needed, then try again.",
  headers: { "Retry-After": "5" },
};

/** The header that says when, in whole seconds. */
export function retryAfter(retryAfterMs: number): Readonly<Record<string, string>> {
  return { "Retry-After": String(Math.ceil(retryAfterMs / 1000)) };
}
