import type { Position } from "./read-text.ts";
import { readText } from "./read-text.ts";

/** Gives the line and column, both from 1, of a JSON pointer in a text: for what is found wrong after it was parsed.
 *
 * Undefined when the text cannot be read. A path that is not there gives the place of its nearest parent. [W1] */
export function locate(text: string, path: string, format: "yaml" | "json" = "yaml"): Position | undefined {
  const reading = readText(text, format);
  return reading.value === undefined ? undefined : reading.locate(path);
}
