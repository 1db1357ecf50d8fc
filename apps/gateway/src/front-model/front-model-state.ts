import type { Check } from "../readiness.ts";

/** What can be seen of a front model. */
export interface FrontModelState {
  /** `opening`: not yet; `ready`: it is asked; `missing`: there is none to ask, `why` says so. */
  readonly state: "opening" | "ready" | "missing";
  /** The model's own name; undefined until it is known. */
  readonly name: string | undefined;
  readonly why?: string;
  /** Tokens of the last 24 hours, and how many there may be; undefined where they do not count. */
  readonly tokens?: { readonly spent: number; readonly most: number };
  /** `open`: it failed too often and is not asked now; undefined where none guards it. */
  readonly breaker?: { readonly state: "closed" | "open" | "half_open"; readonly retryAfterMs: number };
}

/** Says in one check which front model answers, or why none does; the house does without it. [G82] */
export function checkFrontModel(front: FrontModelState): Check {
  const { state, name = "none", why = "it is being opened", breaker, tokens } = front;
  const check = { name: "front model", optional: true };
  if (state !== "ready") return { ...check, ok: false, why: `No front model answers: ${why}. The back reads instead.` };
  if (breaker === undefined) return { ...check, ok: true, detail: name };
  const used = tokens === undefined ? "" : `, ${tokens.spent} of ${tokens.most} tokens in 24 h`;
  const detail = `${name}, breaker ${breaker.state.replace("_", "-")}${used}`;
  if (isSpent(front)) return { ...check, ok: false, detail, why: "It has used its tokens of 24 h." };
  if (breaker.state !== "open") return { ...check, ok: true, detail };
  const seconds = Math.ceil(breaker.retryAfterMs / 1000);
  return { ...check, ok: false, detail, why: `It failed too often and is asked again in ${seconds} s.` };
}

// The most that one question puts aside: its prompt, estimated high, and its answer.
const questionTokens = 5000;

/** Whether another question may not fit any more. */
export function isSpent({ tokens }: FrontModelState): boolean {
  return tokens !== undefined && tokens.most - tokens.spent < questionTokens;
}
