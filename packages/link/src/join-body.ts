import { LinkError } from "./link-error.ts";

/** Writes one JSON object: the link's own names first, then the body's. A name in `reserved` is the link's. [LK3]
 *
 * Throws {@link LinkError} `UNTELLABLE_BODY` when the body is not an object that JSON can write. */
export function joinBody(
  own: Readonly<Record<string, string | number>>,
  body: object,
  reserved: readonly string[] = Object.keys(own),
): string {
  const clashes = reserved.some((name) => Object.hasOwn(body, name));
  const clean = clashes ? Object.fromEntries(Object.entries(body).filter(([name]) => !reserved.includes(name))) : body;
  return joinTexts(JSON.stringify(own), writeBody(clean));
}

/** Joins two written JSON objects into one. */
export function joinTexts(ownText: string, bodyText: string): string {
  if (ownText === "{}") return bodyText;
  return bodyText === "{}" ? ownText : `${ownText.slice(0, -1)},${bodyText.slice(1)}`;
}

function writeBody(body: object): string {
  let text: string | undefined;
  let cause: unknown;
  try {
    // A function has no JSON form: undefined, whatever the types say.
    text = JSON.stringify(body) as string | undefined;
  } catch (error) {
    cause = error;
  }
  // Arrays, dates and functions have a JSON form, or none, that is not an object.
  if (text?.startsWith("{") === true) return text;
  throw new LinkError("UNTELLABLE_BODY", `the body is no JSON object but ${text?.slice(0, 40)}`, { cause });
}
