import { toJsonRefusal } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";

/** The deepest nesting of a body: `[[1]]` has depth 2. */
export const maxJsonDepth = 32;

/** The most keys of a body, at all depths together. */
export const maxJsonKeys = 1024;

const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Parses a body: valid UTF-8, JSON, at most 32 deep, 1,024 keys, no `__proto__`, `constructor` or `prototype` keys. [D14] */
export function parseJson(
  bytes: Uint8Array,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly refusal: Refusal } {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return refuse("The body is not valid UTF-8.", "Encode the body as UTF-8.");
  }
  // Counted before parsing: what is nested deeper would overflow the stack of whoever writes it again.
  const excess = findExcess(text);
  if (excess === "depth") return refuse(`The body is nested deeper than ${maxJsonDepth}.`, "Send flatter JSON.");
  if (excess === "keys") return refuse(`The body has more than ${maxJsonKeys} keys.`, "Send less at once.");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("The body is not JSON.", "Send one JSON value, complete and without comments.");
  }
  const key = findForbiddenKey(value);
  if (key !== undefined) return refuse(`The body holds the key ${key}.`, "Give it another name.");
  return { ok: true, value };
}

function refuse(message: string, hint: string): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: toJsonRefusal(message, hint) };
}

function findExcess(text: string): "depth" | "keys" | undefined {
  let depth = 0;
  let keys = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (inString) {
      if (sign === "\\") at += 1;
      else if (sign === '"') inString = false;
    } else if (sign === '"') inString = true;
    else if (sign === "[" || sign === "{") {
      depth += 1;
      if (depth > maxJsonDepth) return "depth";
    } else if (sign === "]" || sign === "}") depth -= 1;
    else if (sign === ":") {
      keys += 1;
      if (keys > maxJsonKeys) return "keys";
    }
  }
  return undefined;
}

// After parsing, so that a key written with escapes is seen too.
function findForbiddenKey(root: unknown): string | undefined {
  const waiting = [root];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== "object" || value === null) continue;
    if (!Array.isArray(value)) {
      const key = Object.keys(value).find((name) => forbiddenKeys.has(name));
      if (key !== undefined) return key;
    }
    for (const item of Object.values(value)) waiting.push(item);
  }
  return undefined;
}
