import { cutText } from "../cut-text.ts";

// A frame of the link holds 65,536 bytes of JSON and nests 32 deep. The longest line, 60,000 bytes, fits as a row.
const maxAnswerBytes = 62_000;
const maxDepth = 24;

// The link breaks off at these, whoever stored them: a memory may have any key.
const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Tells whether an answer fits one frame. */
export function isSmallEnough(value: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(value)) <= maxAnswerBytes;
}

/** Makes a value safe to send: what nests too deep, or has a key that no frame may hold, is given as its JSON text. */
export function makeSendable(value: unknown): unknown {
  return sendable(value, 0);
}

/** Cuts the texts of a single item that is too large for a frame, as little as is needed. */
export function cutToFit(value: unknown): unknown {
  for (let maxText = 16_384; maxText >= 16; maxText /= 2) {
    const cut = withTexts(value, maxText);
    if (isSmallEnough(cut)) return cut;
  }
  return undefined;
}

function sendable(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth >= maxDepth || Object.keys(value).some((key) => forbiddenKeys.has(key))) return JSON.stringify(value);
  if (Array.isArray(value)) return value.map((item) => sendable(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sendable(inner, depth + 1)]));
}

function withTexts(value: unknown, maxText: number): unknown {
  if (typeof value === "string") return cutText(value, maxText);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withTexts(item, maxText));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withTexts(inner, maxText)]));
}
