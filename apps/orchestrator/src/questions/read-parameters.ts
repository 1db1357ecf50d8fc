/** What a question may be asked with, checked. */
export interface Asked {
  readonly limit: number;
  readonly after: number;
  readonly cursor?: string;
  readonly q?: string;
  readonly id?: string;
}

type Read = { readonly ok: true; readonly value: Asked } | Wrong;
type Wrong = { readonly ok: false; readonly code: "invalid_query" | "not_supported"; readonly message: string };

const texts: ReadonlySet<string> = new Set(["cursor", "q", "id"]);
const maxLimit = 200;
const maxText = 4096;

/** Reads the parameters of a question: `limit` (1 to 200, 50 when absent), `after` (a seq), `cursor`, `q`, `id`. [O16]
 *
 * What is wrong is refused by its name, and so is a name that no question knows; undefined and null count as absent. */
export function readParameters(params: unknown): Read {
  const given = typeof params === "object" && params !== null && !Array.isArray(params) ? Object.entries(params) : [];
  const asked: { limit: number; after: number; cursor?: string; q?: string; id?: string } = { limit: 50, after: 0 };
  for (const [name, value] of given as readonly [string, unknown][]) {
    if (value === undefined || value === null) continue;
    if (name === "asOf") {
      return wrong("not_supported", "asOf is not answered yet: every list shows what is believed now.");
    }
    if (name === "limit") {
      if (!isWhole(value, 1)) return wrong("invalid_query", `limit must be a whole number from 1 to ${maxLimit}.`);
      asked.limit = Math.min(value, maxLimit);
    } else if (name === "after") {
      if (!isWhole(value, 0)) return wrong("invalid_query", "after must be a whole number of at least 0.");
      asked.after = value;
    } else if (texts.has(name)) {
      if (typeof value !== "string" || value.length > maxText) {
        return wrong("invalid_query", `${name} must be a text of at most ${maxText} characters.`);
      }
      asked[name as "cursor" | "q" | "id"] = value;
    } else {
      return wrong("invalid_query", `No question takes ${JSON.stringify(name.slice(0, 64))}.`);
    }
  }
  return { ok: true, value: asked };
}

function isWhole(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function wrong(code: Wrong["code"], message: string): Wrong {
  return { ok: false, code, message };
}
