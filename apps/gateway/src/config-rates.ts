import { defaultRates } from "./limits/rate-limits.ts";
import type { LimitedKind, RateSettings, Rates } from "./limits/rate-limits.ts";
import type { Rate } from "./limits/token-bucket.ts";

/** Settings as a person writes them: what is left out has its default. */
export type WrittenRates = { readonly [Scope in keyof RateSettings]?: Partial<Rates> };

const most = 1_000_000;

/** Checks `limits` of the settings: `{connection|person|owner: {say|ask|draft|open: {perSecond, burst}}}`. [G44] */
export function faultOfRates(settings: unknown): string | undefined {
  const fault = faultOfKeys(settings, Object.keys(defaultRates));
  if (fault !== undefined) return `/limits${fault}`;
  for (const [scope, kinds] of Object.entries(settings as object)) {
    const fault = faultOfKeys(kinds, Object.keys(defaultRates.person));
    if (fault !== undefined) return `/limits/${scope}${fault}`;
    for (const [kind, rate] of Object.entries(kinds as object)) {
      if (!isRate(rate)) {
        return `/limits/${scope}/${kind} must be {"perSecond", "burst"}: more than 0, and a whole number from 1, to ${most}`;
      }
    }
  }
  return undefined;
}

/** Puts what is written over the defaults. */
export function toRates(written: WrittenRates = {}): RateSettings {
  const over = (scope: keyof RateSettings): Rates => ({ ...defaultRates[scope], ...written[scope] });
  return { connection: over("connection"), person: over("person"), owner: over("owner") };
}

function faultOfKeys(value: unknown, allowed: readonly string[]): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return " must be object";
  const other = Object.keys(value).find((key) => !allowed.includes(key));
  return other === undefined ? undefined : ` must have no other keys than ${allowed.join(", ")} (${other})`;
}

function isRate(value: unknown): value is Rate {
  const { perSecond, burst, ...rest } = (value ?? {}) as { readonly perSecond?: unknown; readonly burst?: unknown };
  const isGood = typeof perSecond === "number" && perSecond > 0 && perSecond <= most;
  return (
    isGood && Number.isInteger(burst) && Number(burst) >= 1 && Number(burst) <= most && Object.keys(rest).length === 0
  );
}

/** Names of the kinds, for metrics. */
export const limitedKinds: readonly LimitedKind[] = ["say", "ask", "draft", "open"];
