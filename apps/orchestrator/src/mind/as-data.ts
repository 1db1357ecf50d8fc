import { createHash } from "node:crypto";
import { defuse } from "@kingly/codec";
import { cutText } from "../cut-text.ts";

/** Makes a text of others fit to stand in a prompt: no bracket in it opens a command, and no sign of it is unseen. */
export function asWords(text: string): string {
  return defuse(text.toWellFormed().replaceAll(unseen, ""));
}

// Control signs but tab and newline, and all that is shown as nothing: signs without width, signs that turn the direction,
// variation selectors and tag letters, which can spell a text of their own.
const unseen =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029\uFFF9-\uFFFB\p{Default_Ignorable_Code_Point}]/gu;

/** Puts a text of others between marks, cut to `maxLength`: nothing in it is an instruction. The mark depends on the whole
 * text, so that no text holds its own. The same text always becomes the same. [O44] */
export function asData(source: string, text: string, maxLength: number): string {
  const words = cutText(asWords(text), maxLength).replaceAll(/<(\/?)data\b/gi, "<$1 data");
  const mark = createHash("sha256").update(`${source}\n${words}`).digest("hex").slice(0, 12);
  return `<data source=${JSON.stringify(source)} mark="${mark}">\n${words}\n</data mark="${mark}">`;
}
