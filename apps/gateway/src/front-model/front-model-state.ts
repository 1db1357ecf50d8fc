import type { Check } from "../readiness.ts";

/** What can be seen of a front model. */
export interface FrontModelState {
  /** `opening`: not yet; `ready`: it is asked; `missing`: there is none to ask, `why` says so. */
  readonly state: "opening" | "ready" | "missing";
  /** The model's own name; undefined until it is known. */
  readonly name: string | undefined;
  readonly why?: string;
  /** `open`: it failed too often and is not asked now; undefined where none guards it. */
  readonly breaker?: { readonly state: "closed" | "open" | "half_open"; readonly retryAfterMs: number };
}

/** Says in one check which front model answers, or why none does; the house does without it. [G82] */
export function checkFrontModel({ state, name = "none", why = "it is being opened", breaker }: FrontModelState): Check {
  const check = { name: "front model", optional: true };
  if (state !== "ready") return { ...check, ok: false, why: `No front model answers: ${why}. The back reads instead.` };
  if (breaker === undefined) return { ...check, ok: true, detail: name };
  const detail = `${name}, breaker ${breaker.state.replace("_", "-")}`;
  if (breaker.state !== "open") return { ...check, ok: true, detail };
  const seconds = Math.ceil(breaker.retryAfterMs / 1000);
  return { ...check, ok: false, detail, why: `It failed too often and is asked again in ${seconds} s.` };
}
