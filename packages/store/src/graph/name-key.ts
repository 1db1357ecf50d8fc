// Signs that nobody sees: soft hyphen, zero-width space, byte order mark, marks of direction. Joiners stay: they change
// words of Persian and of the scripts of India.
const invisible = /[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/gu;

/** Returns the form in which two names are one name: the only thing that makes two descriptions one entity. [S50]
 *
 * NFKC, lower case (ß as ss, ς as σ), one kind of apostrophe, quote and hyphen, single spaces, nothing invisible. Marks,
 * articles and company suffixes stay: "José" and "Jose", "Acme" and "Acme Inc." may be two. "" when nothing is left. */
export function nameKey(name: string): string {
  return name
    .normalize("NFKC")
    .replace(invisible, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("ς", "σ")
    .replace(/[‘’‛ʼ´`′]/gu, "'")
    .replace(/[“”„‟″«»]/gu, '"')
    .replace(/[‐‑‒–—―−]/gu, "-")
    .replace(/\s+/gu, " ")
    .trim()
    .normalize("NFC");
}

const articles = new Set("the a an der die das le la les el los las il lo gli".split(" "));
const suffixes = new Set(
  (
    "inc incorporated corp corporation co company ltd limited llc llp lp plc gmbh mbh ag kg kgaa ohg se ev sa sas sarl spa " +
    "srl bv nv ab asa oy oyj aps pty kk"
  ).split(" "),
);

/** Returns the form in which two names may be one name: a reason to ask, never to merge. [S51]
 *
 * `nameKey` without the marks of Latin, Greek and Cyrillic letters, without signs, without articles in front and company
 * suffixes at the end. What would leave nothing stays. */
export function looseNameKey(name: string): string {
  const plain = nameKey(name)
    .normalize("NFD")
    .replace(/(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]\p{M}*)\p{M}/gu, "")
    .normalize("NFC")
    .replace(/[.']/gu, "")
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, " ")
    .trim();
  const words = plain.split(" ");
  while (words.length > 1 && articles.has(words[0] as string)) words.shift();
  while (words.length > 1 && suffixes.has(words.at(-1) as string)) words.pop();
  return words.join(" ");
}
