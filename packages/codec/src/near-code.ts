import type { Codes } from "./codebook.ts";

/** Finds the one code that a wrong word most likely stands for: its op, a swap of two letters, or one wrong letter.
 *
 * Only for a hint; `undefined` when no code or several are as near. */
export function nearCode({ byOp }: Codes, wrong: string): string | undefined {
  const word = wrong.toLowerCase().replaceAll("-", "_");
  const byName = byOp.get(word)?.code;
  if (byName !== undefined) return byName;
  const compact = word.replaceAll("_", "");
  for (const { op, code } of byOp.values()) if (op.replaceAll("_", "") === compact) return code;
  const swapped = Array.from(word).toReversed().join("");
  const codes = Array.from(byOp.values(), ({ code }) => code);
  if (codes.includes(swapped)) return swapped;
  const near = codes.filter((code) => isOneApart(code, word));
  return near.length === 1 ? near[0] : undefined;
}

function isOneApart(code: string, word: string): boolean {
  if (word.length === 3) return word.includes(code) || word.charAt(0) + word.charAt(2) === code;
  return word.length === 2 && (code[0] === word[0] || code[1] === word[1]);
}
