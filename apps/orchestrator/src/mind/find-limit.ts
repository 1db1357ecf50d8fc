import type { WorkLimits } from "./mind-settings.ts";
import type { Step } from "./work.ts";

/** Why work stops: a code, and words for the person. */
export interface Stop {
  readonly code: string;
  readonly message: string;
}

/** What the limits look at. */
export interface WorkMeter {
  readonly steps: readonly Step[];
  readonly workedMs: number;
  readonly spent: { readonly tokens: number; readonly microUsd: number };
}

/** Finds the limit that the work has reached; undefined when it may go on. [O43] */
export function findLimit(limits: WorkLimits, { steps, workedMs, spent }: WorkMeter): Stop | undefined {
  const stop = (what: string): Stop => ({ code: "task_limit", message: `It stopped by itself: ${what}.` });
  const calls = steps.filter((step) => step.kind === "call");
  const counts = new Map<string, number>();
  for (const { hash, name } of calls) {
    const count = (counts.get(hash) ?? 0) + 1;
    counts.set(hash, count);
    if (count >= limits.maxRepeats) return stop(`it asked ${count} times for the same thing (${name.slice(0, 64)})`);
  }
  if (calls.length > limits.maxToolCalls) return stop(`more than ${limits.maxToolCalls} calls of tools`);
  if (steps.length - calls.length >= limits.maxRounds && !isEnded(steps)) {
    return stop(`${limits.maxRounds} answers of the model, and no end`);
  }
  if (workedMs >= limits.maxMinutes * 60_000) return stop(`${limits.maxMinutes} minutes of work`);
  if (spent.tokens >= limits.maxTokens) return stop(`${spent.tokens} tokens of ${limits.maxTokens} are spent`);
  if (spent.microUsd >= limits.maxUsd * 1e6) return stop(`${limits.maxUsd} US dollars are spent`);
  return undefined;
}

// An answer without calls is the end; the limit of answers is not reached by it.
function isEnded(steps: readonly Step[]): boolean {
  return steps.at(-1)?.kind === "answer";
}
