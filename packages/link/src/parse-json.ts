import { fault } from "./fault.ts";
import type { Checked } from "./fault.ts";
import { isHarmless } from "./is-harmless.ts";
import { isJsonObject } from "./is-json-object.ts";
import type { JsonObject } from "./is-json-object.ts";

/** Parses the text of a client's frame into an object, before anything looks inside. [LK5]
 *
 * Faults: `too_deep` (more than `maxDepth` brackets open) and `too_many_keys` (more than `maxKeys`), both told before
 * anything is built; `malformed_json`, `forbidden_key` (`__proto__`, `constructor`, `prototype`), `invalid_frame` (not an
 * object). Never throws. */
export function parseJson(text: string, maxDepth: number, maxKeys: number): Checked<JsonObject> {
  const { depth, keys } = measure(text);
  if (depth > maxDepth) return fault("too_deep", `the frame nests deeper than ${maxDepth}`, "send flatter bodies");
  if (keys > maxKeys) return fault("too_many_keys", `the frame has more than ${maxKeys} keys`, "send fewer at once");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fault("malformed_json", "the frame is not JSON", "send one JSON object per text frame");
  }
  if (!isJsonObject(value)) return fault("invalid_frame", "the frame is not an object", 'send {"t": ...}');
  // The walk is rare: only a text that could spell such a name is looked through.
  if (/__proto__|constructor|prototype|\\u/.test(text) && !isHarmless(value, maxDepth)) {
    return fault("forbidden_key", "the frame has a key that could poison objects", "rename the key");
  }
  return { ok: true, value };
}

// Counts brackets and colons outside strings; a frame that lies about its strings fails in JSON.parse right after.
function measure(text: string): { readonly depth: number; readonly keys: number } {
  let depth = 0;
  let deepest = 0;
  let keys = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === 92) at += 1;
      else if (code === 34) quoted = false;
    } else if (code === 34) quoted = true;
    else if (code === 123 || code === 91) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === 125 || code === 93) depth -= 1;
    else if (code === 58) keys += 1;
  }
  return { depth: deepest, keys };
}
