import { limits } from "./limits.ts";

/** Makes a key of words: letters and digits of any script, joined by `_`, at most 40 characters. [RX9]
 *
 * Words without letters or digits fall away. What does not fit is stood for by a hash, so that two long texts with
 * the same beginning differ; when nothing is left, the key is `fallback`, or a hash of the words. */
export function slug(words: readonly string[], fallback?: string): string {
  const parts = words.map((word) => word.replace(/[^\p{L}\p{N}\p{M}]+/gu, "")).filter((word) => word !== "");
  if (parts.length === 0) return fallback ?? hash(words.join(" "));
  const whole = parts.join("_");
  if (whole.length <= limits.maxSlugLength) return whole;
  const room = limits.maxSlugLength - hashLength - 1;
  const end = whole.lastIndexOf("_", room);
  return end > 0 ? `${whole.slice(0, end)}_${hash(whole)}` : hash(whole);
}

const hashLength = 7;

/** FNV-1a, 32 bits, as seven signs of 0-9 and a-z: to tell texts apart, not to protect them. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return (value >>> 0).toString(36).padStart(hashLength, "0");
}
