import type { AsOf } from "@kingly/store";
import { readTime } from "./read-time.ts";

/** What a question may be asked with, checked. */
export interface Asked {
  readonly limit: number;
  readonly after: number;
  readonly cursor?: string;
  readonly q?: string;
  readonly id?: string;
  /** The moment to answer as of; now when absent. */
  readonly asOf?: AsOf;
}

type Read = { readonly ok: true; readonly value: Asked } | Wrong;
type Wrong = { readonly ok: false; readonly code: "invalid_query"; readonly message: string };

const texts: ReadonlySet<string> = new Set(["cursor", "q", "id"]);
const times: ReadonlySet<string> = new Set(["asOf", "validAt", "believedAt"]);
const maxLimit = 200;
const maxText = 4096;

/** Reads the parameters of a question: `limit` (1 to 200, 50 when absent), `after` (a seq), `cursor`, `q`, `id`. [O16]
 *
 * `asOf` sets both times, `validAt` what is asked about, `believedAt` what was believed; each in ms or ISO 8601. [O26]
 * What is wrong is refused by its name, and so is a name that no question knows; undefined and null count as absent. */
export function readParameters(params: unknown): Read {
  const given = typeof params === "object" && params !== null && !Array.isArray(params) ? Object.entries(params) : [];
  const asked: { limit: number; after: number; cursor?: string; q?: string; id?: string } = { limit: 50, after: 0 };
  const at = new Map<string, number>();
  for (const [name, value] of given as readonly [string, unknown][]) {
    if (value === undefined || value === null) continue;
    if (times.has(name)) {
      const timeMs = readTime(value);
      if (timeMs === undefined) {
        return wrong(
          `${name} must be ms since 1970, or a time such as 2026-01-31 or 2026-01-31T18:00:00Z (a + is %2B).`,
        );
      }
      at.set(name, timeMs);
    } else if (name === "limit") {
      if (!isWhole(value, 1)) return wrong(`limit must be a whole number from 1 to ${maxLimit}.`);
      asked.limit = Math.min(value, maxLimit);
    } else if (name === "after") {
      if (!isWhole(value, 0)) return wrong("after must be a whole number of at least 0.");
      asked.after = value;
    } else if (texts.has(name)) {
      if (typeof value !== "string" || value.length > maxText) {
        return wrong(`${name} must be a text of at most ${maxText} characters.`);
      }
      asked[name as "cursor" | "q" | "id"] = value;
    } else {
      return wrong(`No question takes ${JSON.stringify(name.slice(0, 64))}.`);
    }
  }
  if (at.has("asOf") && at.size > 1) return wrong("asOf sets both times: give asOf alone, or validAt and believedAt.");
  const validMs = at.get("asOf") ?? at.get("validAt");
  const systemMs = at.get("asOf") ?? at.get("believedAt");
  const asOf = { ...(validMs === undefined ? {} : { validMs }), ...(systemMs === undefined ? {} : { systemMs }) };
  return { ok: true, value: { ...asked, ...(at.size === 0 ? {} : { asOf }) } };
}

function isWhole(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function wrong(message: string): Wrong {
  return { ok: false, code: "invalid_query", message };
}
