import { readDate } from "./read-date.ts";
import type { Fact, Thing } from "./fact.ts";

const maxFacts = 5;
const maxText = 2000;

const word = String.raw`\p{Lu}[\p{L}\p{N}'’&-]*`;
const name = String.raw`(${word}(?: ${word}){0,2})`;
// A thing has a name, or says what it is: "Apollo", "the Apollo project", "the tax report".
const part = String.raw`(?!(?:since|from|until)\b)[\p{L}\p{N}'’-]+`;
const thing = String.raw`((?:the |our |my )?(?:${part} ){0,3}${part})`;
const when = String.raw`(?: (since|from|until) ([\p{L}\p{N} ,-]{4,20}))?`;

interface Pattern {
  readonly when: RegExp;
  readonly relationType: string;
  readonly from: string;
  readonly to: string;
  /** Whether a thing without a capital letter is one too, by the word at its end. */
  readonly kinds?: RegExp;
}

const work = /\b(project|app|website|site|report|product|campaign|book|game|shop|launch)$/i;
const patterns: readonly Pattern[] = [
  {
    when: sentence(`${name} (?:works|is working) on ${thing}`),
    relationType: "works_on",
    from: "person",
    to: "project",
    kinds: work,
  },
  { when: sentence(`${name} works (?:at|for) ${thing}`), relationType: "works_at", from: "person", to: "organisation" },
  { when: sentence(`${name} lives in ${thing}`), relationType: "lives_in", from: "person", to: "place" },
  { when: sentence(`${name} is (?:at|in) ${thing}`), relationType: "is_at", from: "person", to: "place" },
  {
    when: sentence(
      `(?:[Tt]he )?(?:task|ticket|issue) ${thing} (?:belongs to|is part of) (?:the )?(?:project )?${thing}`,
    ),
    relationType: "part_of",
    from: "task",
    to: "project",
    kinds: /./,
  },
];

const role =
  /^(\p{Lu}[\p{L}'’-]*(?: \p{Lu}[\p{L}'’-]*)?) is my (boss|manager|wife|husband|partner|sister|brother|mother|father|son|daughter|friend|colleague|doctor|dentist|client|customer|neighbour|neighbor|teacher)$/u;

// Words that stand where a name stands and are none.
const noName =
  /^(?:the|this|that|these|those|there|it|he|she|they|we|you|i|who|what|which|nobody|everybody|everyone|someone|somebody|anyone|nothing|something|everything|all|my|our|your|his|her|their|maybe|perhaps|please|today|tomorrow|yesterday|now|if|when|task|project|remember|note|also|and|but|so|then|here|one)$/i;
const notAThing =
  /^(?:(?:the|our|my) )?(?:it|this|that|them|him|her|us|me|something|anything|everything|nothing|time|fire|hold|site|call|leave|holiday|vacation|trouble|love|charge|danger|general|progress|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|weekends?|weekdays?|weekend|january|february|march|april|may|june|july|august|september|october|november|december|morning|evening|night|noon|midnight|home|work|own|moment|office|meeting|bed|line|touch|doubt|pain)$/i;
// What is asked, wished, denied, doubted or told by others is not stated.
const unsure =
  /["“”«»?`{}[\]<>|]|\b(?:not|never|no longer|n[’']t|cannot|if|unless|maybe|perhaps|might|could|would|should|will|wants?|wishes?|hopes?|plans? to|thinks?|believes?|says?|said|told|tells?|claims?|pretends?|allegedly|supposed|probably|used to|was|were|had|ignore|system|assistant)\b|n[’']t\b/i;
// The month is written with a capital.
const mayBe = /\bmay\b/;

/** Finds what a text states of people, places and projects, by few and narrow patterns: a whole sentence, in the present,
 * with names. Everything else is left alone; at most 5 facts, none of a text over 2,000 characters. [O47] */
export function findFacts(text: string): readonly Fact[] {
  if (text.length > maxText || /["“”«»`]|^\s*>/m.test(text)) return [];
  const facts: Fact[] = [];
  for (const raw of text.split(/(?<=[.!?])\s+|[\n;]+/)) {
    const said = raw.trim();
    if (said === "" || said.endsWith("?")) continue;
    const words = said.replace(/[.!]+$/, "").replaceAll(/\s+/g, " ");
    const fact = words.length > 200 || unsure.test(words) || mayBe.test(words) ? undefined : findFact(words);
    if (fact !== undefined && facts.length < maxFacts) facts.push(fact);
  }
  return facts;
}

function findFact(words: string): Fact | undefined {
  const [, who, what] = role.exec(words) ?? [];
  if (who !== undefined && what !== undefined && !noName.test(who.split(" ")[0] ?? "")) {
    const me = { name: "me", entityType: "person" };
    return { from: { name: who, entityType: "person" }, relationType: `${what.toLowerCase()}_of`, to: me, fact: words };
  }
  for (const pattern of patterns) {
    const [, from, to, bound, date] = pattern.when.exec(words) ?? [];
    if (from === undefined || to === undefined) continue;
    const fromThing = toThing(from, pattern.from, pattern.from === "task" ? /./ : undefined);
    const other = toThing(to, pattern.to, pattern.kinds);
    const span = bound === undefined ? {} : spanOf(bound.toLowerCase(), readDate(date ?? ""));
    if (fromThing === undefined || other === undefined || span === undefined) return undefined;
    return { from: fromThing, relationType: pattern.relationType, to: other, fact: words, ...span };
  }
  return undefined;
}

function toThing(words: string, entityType: string, kinds: RegExp | undefined): Thing | undefined {
  const bare = words.replace(/^(?:the|our|my) /i, "").trim();
  if (noName.test(bare.split(" ")[0] ?? "") || notAThing.test(bare) || bare.length > 80) return undefined;
  const isNamed = /(?:^| )\p{Lu}/u.test(bare);
  return isNamed || kinds?.test(bare) === true ? { name: bare, entityType } : undefined;
}

function spanOf(bound: string, atMs: number | undefined): Pick<Fact, "validFromMs" | "validToMs"> | undefined {
  if (atMs === undefined) return undefined;
  return bound === "until" ? { validToMs: atMs } : { validFromMs: atMs };
}

function sentence(pattern: string): RegExp {
  return new RegExp(`^${pattern}${when}$`, "u");
}
