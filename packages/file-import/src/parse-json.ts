import type { Problem } from "./problem.ts";

/** Largest file in bytes of UTF-8. [F4] */
export const maxFileBytes = 1_048_576;
const maxDepth = 30;

/** Parses the text of a file within the limits of this room. [F3] [F4] */
export function parseJson(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problems: readonly Problem[] } {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxFileBytes) {
    const message = `The file has ${bytes} bytes and may have ${maxFileBytes}.`;
    return refuse("", message, "Move large contents into a file of their own.");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    const message = `The file is not JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}.`;
    return refuse("", message, "Mend the file by hand, or restore it from a copy.");
  }
  const bad = findForbidden(value, "", maxDepth);
  return bad === undefined ? { ok: true, value } : { ok: false, problems: [bad] };
}

function findForbidden(value: unknown, path: string, depthLeft: number): Problem | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (depthLeft === 0) {
    return { path, message: `The file is nested deeper than ${maxDepth} levels.`, hint: "Flatten it." };
  }
  for (const [key, member] of Object.entries(value)) {
    const at = `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (key === "__proto__") {
      return { path: at, message: "The file has a member __proto__.", hint: "Remove or rename the member." };
    }
    const found = findForbidden(member, at, depthLeft - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function refuse(
  path: string,
  message: string,
  hint: string,
): { readonly ok: false; readonly problems: readonly Problem[] } {
  return { ok: false, problems: [{ path, message, hint }] };
}
