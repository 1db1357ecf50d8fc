// How escapes are written and what they mean. [C6]

const letters = "|[]{'\"\\/bfnrts";
const signs = "|[]{'\"\\/\b\f\n\r\t ";

/** What stands for what, by the unit behind the backslash; empty where no escape is. */
export const meanings: readonly string[] = Array.from({ length: 128 }, (_, unit) => {
  const place = letters.indexOf(String.fromCharCode(unit));
  return signs.charAt(place);
});

/** Writes a UTF-16 unit as its escape. */
export function escapeOf(sign: string): string {
  return `\\${letters[signs.indexOf(sign)] ?? `u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`}`;
}
