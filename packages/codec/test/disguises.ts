/** Ways to write a text so that a model may read it as the same: case, spacing, invisible signs, lookalikes, forms. */
export const disguises: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text) => text.replace(/[:|]/g, " $& "),
  (text) => text.replace(/ /g, "\u{a0}\u{2003} "),
  (text) => text.replace(/ /g, "\n\t"),
  (text) => Array.from(text).join("\u{200b}"),
  (text) => text.replace(/[a-z]/g, "$&\u{ad}\u{2060}"),
  (text) => text.replace(/[aeo]/g, "$&\u{fe0f}"),
  (text) => text.replace(/[a-z]/g, "$&\u{3164}\u{115f}\u{e0041}"),
  (text) => text.replace(/[\u{21}-\u{7e}]/gu, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfe_e0)),
  (text) => text.replace(/[aceopxy]/g, (sign) => "асеорху"["aceopxy".indexOf(sign)] ?? ""),
  (text) => text.replace(/[ACEHKMOPTXB]/g, (sign) => "АСЕНКМОРТХВ"["ACEHKMOPTXB".indexOf(sign)] ?? ""),
  // Not ν for v: in capitals it looks like N, so the text would read as another.
  (text) => text.replace(/[aoitp]/g, (sign) => "αοιτρ"["aoitp".indexOf(sign)] ?? ""),
  (text) => text.replace(/[a-z]/g, (sign) => String.fromCodePoint(0x1_d4_1a + sign.charCodeAt(0) - 97)),
  (text) => text.replace(/[a-z]/g, (sign) => String.fromCodePoint(0x24_d0 + sign.charCodeAt(0) - 97)),
  (text) => text.normalize("NFD"),
  (text) => text.replace(/[aeiou]/g, "$&\u{301}"),
  (text) => text.replaceAll("|", "∣").replaceAll(":", "꞉"),
  (text) => text.replaceAll("[", "\\["),
  (text) => text.replaceAll("'", '"'),
  (text) => text.replaceAll("'", "’"),
  (text) => text.replace(/^\[[^:]*: ?/, "[Note: ").replace("tc:", "tc#9x:"),
];

const hex = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Ways to write the text of a field by escapes, which the reader takes out again. */
export const escapings: readonly ((text: string) => string)[] = [
  (text) => text.replaceAll(" ", "\\s"),
  (text) => text.replaceAll(" ", "\\n"),
  (text) => text.replaceAll(" ", "\\t"),
  (text) => text.replace(/[aeiou]/g, hex),
  (text) => text.replace(/[a-z]/g, hex),
  (text) => text.replace(/[^\0-\u007f]/g, hex),
];
