const longSuffixes = {
  third: suffixes(
    `ational ate|tional tion|enci ence|anci ance|izer ize|abli able|alli al|entli ent|eli e|ousli ous|ization ize|ation ate|
    ator ate|alism al|iveness ive|fulness ful|ousness ous|aliti al|iviti ive|biliti ble`,
  ),
  fourth: suffixes("icate ic|ative |alize al|iciti ic|ical ic|ful |ness "),
  fifth: suffixes("al |ance |ence |er |ic |able |ible |ant |ement |ment |ent |ion |ou |ism |ate |iti |ous |ive |ize "),
} as const;

/** Takes an English word in lower case to its stem, as Porter published it in 1980; the full-text index does the same.
 *
 * Words with other signs than a to z, and words of one or two letters, stay as they are. */
export function porterStem(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  let stem = withoutPlural(word);
  stem = withoutPast(stem);
  if (stem.endsWith("y") && hasVowel(stem.slice(0, -1))) stem = `${stem.slice(0, -1)}i`;
  stem = replaceSuffix(stem, longSuffixes.third, (base) => measure(base) > 0);
  stem = replaceSuffix(stem, longSuffixes.fourth, (base) => measure(base) > 0);
  stem = replaceSuffix(
    stem,
    longSuffixes.fifth,
    (base, suffix) => measure(base) > 1 && (suffix !== "ion" || /[st]$/.test(base)),
  );
  if (stem.endsWith("e")) {
    const base = stem.slice(0, -1);
    if (measure(base) > 1 || (measure(base) === 1 && !endsShort(base))) stem = base;
  }
  return stem.endsWith("ll") && measure(stem) > 1 ? stem.slice(0, -1) : stem;
}

function withoutPlural(word: string): string {
  if (word.endsWith("sses") || word.endsWith("ies")) return word.slice(0, -2);
  return word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

function withoutPast(word: string): string {
  if (word.endsWith("eed")) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const ending = ["ed", "ing"].find((one) => word.endsWith(one) && hasVowel(word.slice(0, -one.length)));
  if (ending === undefined) return word;
  const base = word.slice(0, -ending.length);
  if (/(?:at|bl|iz)$/.test(base)) return `${base}e`;
  if (endsDouble(base) && !/[lsz]$/.test(base)) return base.slice(0, -1);
  return measure(base) === 1 && endsShort(base) ? `${base}e` : base;
}

function replaceSuffix(
  word: string,
  list: readonly (readonly [string, string])[],
  allows: (base: string, suffix: string) => boolean,
): string {
  const found = list.find(([suffix]) => word.endsWith(suffix));
  if (found === undefined) return word;
  const base = word.slice(0, word.length - found[0].length);
  return allows(base, found[0]) ? base + found[1] : word;
}

/** Longest first: the first that fits is the one that counts. */
function suffixes(text: string): readonly (readonly [string, string])[] {
  return text
    .split("|")
    .map((pair) => pair.trimStart().split(" "))
    .map(([suffix = "", instead = ""]) => [suffix, instead] as const)
    .toSorted((left, right) => right[0].length - left[0].length);
}

function isConsonant(word: string, at: number): boolean {
  const letter = word[at] ?? "";
  if ("aeiou".includes(letter)) return false;
  return letter !== "y" || at === 0 || !isConsonant(word, at - 1);
}

/** Counts how often a vowel is followed by a consonant. */
function measure(word: string): number {
  let count = 0;
  let afterVowel = false;
  for (let at = 0; at < word.length; at += 1) {
    const consonant = isConsonant(word, at);
    if (consonant && afterVowel) count += 1;
    afterVowel = !consonant;
  }
  return count;
}

function hasVowel(word: string): boolean {
  for (let at = 0; at < word.length; at += 1) if (!isConsonant(word, at)) return true;
  return false;
}

function endsDouble(word: string): boolean {
  return word.length > 1 && word.at(-1) === word.at(-2) && isConsonant(word, word.length - 1);
}

/** Consonant, vowel, consonant at the end, the last one not w, x or y. */
function endsShort(word: string): boolean {
  const last = word.length - 1;
  return (
    last > 1 &&
    isConsonant(word, last - 2) &&
    !isConsonant(word, last - 1) &&
    isConsonant(word, last) &&
    !/[wxy]$/.test(word)
  );
}
