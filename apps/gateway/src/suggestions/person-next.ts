import type { Answer, Offer, Reflex, View } from "@kingly/reflex";
import type { SuggestedItem, SuggestedNext } from "./read-suggest.ts";

/** What is suggested to one person in one workspace after their newest turn. */
export interface PersonNext {
  /** Takes a suggestion for a turn; false when it is not the newest any more, or nothing of it is left. */
  suggest(next: SuggestedNext): boolean;
  /** What stands for the person's pages; undefined when nothing does. */
  shown(): SuggestedNext | undefined;
  /** An utterance was heard: what stood before is gone. `isOpen` when its reply asks something, or somebody else will. */
  heard(id: string, text: string, isOpen: boolean): void;
  /** Reads "yes" and "the second" as what is suggested, where it may be meant; anything else is not touched. [G86] */
  readonly reflex: Reflex;
}

/** What it needs. */
export interface PersonNextDeps {
  /** What answers what is said. */
  readonly reflex: Reflex;
  /** What thinks of words that nobody has said now, and keeps nothing of it. */
  readonly think: Reflex;
  nowMs(): number;
  /** What is known of the world now. */
  view(): View;
  /** When somebody other than the reflex replied to the newest turn; 0 when nobody did. */
  otherReplyAtMs(): number;
  onTaken(): void;
}

// As long as an offer that a reply makes.
const lifeMs = 300_000;
// Longer answers than "do the second one please" mean something else.
const maxPickLength = 32;
// They answer something: by themselves they mean nothing, or something else.
const answers: ReadonlySet<string> = new Set(["yes", "no", "choose", "undo", "repeat"]);
// "The second" is known for an answer only where there are two.
const two: readonly Offer[] = ["suggestion 1", "suggestion 2"].map((title) => ({ title, text: "", commands: [] }));

/** Creates it; kept in memory only. [G85][G86] */
export function createPersonNext(deps: PersonNextDeps): PersonNext {
  let newest = { id: "", atMs: 0, isOpen: true };
  let next: { readonly shown: SuggestedNext; readonly offers: readonly Offer[] } | undefined;

  const toOffer = (answer: Answer, at: number): Offer => {
    const commands = answer.route === "front" ? answer.commands : [];
    // No words of theirs as the title: who says something alike means what they say, not what they said.
    return { title: `suggestion ${at + 1}`, text: answer.reply.text, commands };
  };
  const standing = (): readonly Offer[] => {
    if (next === undefined || newest.isOpen || deps.nowMs() - newest.atMs > lifeMs) return [];
    // Who was asked by somebody else since answers that.
    return deps.otherReplyAtMs() >= newest.atMs ? [] : next.offers;
  };
  const pick = (text: string, view: View): Answer | undefined => {
    if (text.length > maxPickLength || (view.dialogue?.offers?.length ?? 0) > 0) return undefined;
    const offers = standing();
    if (!offers.some(({ commands }) => commands.length > 0)) return undefined;
    const picked = deps.think.answer(text, { ...view, dialogue: { ...view.dialogue, offers } });
    if (picked.intent !== "yes" && picked.intent !== "choose") return undefined;
    if (picked.commands.length > 0) {
      deps.onTaken();
      return picked;
    }
    if (picked.offers.length < 2) return undefined;
    const items = next?.shown.items ?? [];
    return { ...picked, reply: { text: whichOne(items) }, offers: named(picked.offers, items) };
  };

  return {
    suggest({ turn, items }) {
      if (turn !== newest.id) return false;
      const view = deps.view();
      const read = items.map((item) => ({ item, answer: deps.think.answer(item.say, view) }));
      const chooses = (say: string): boolean =>
        deps.think.answer(say, { ...view, dialogue: { ...view.dialogue, offers: two } }).intent === "choose";
      const left = read.filter(({ item, answer }) => !answers.has(answer.intent) && !chooses(item.say));
      if (left.length === 0) return false;
      next = {
        shown: { turn, items: left.map(({ item }) => item) },
        offers: left.map(({ answer }, at) => toOffer(answer, at)),
      };
      return true;
    },
    shown: () => next?.shown,
    heard(id, text, isOpen) {
      // Heard twice before it was recorded: it is still the newest.
      if (id === newest.id) return;
      if (next?.shown.items.some(({ say }) => say.trim() === text.trim()) === true) deps.onTaken();
      next = undefined;
      newest = { id, atMs: deps.nowMs(), isOpen };
    },
    reflex: { answer: (text, view) => pick(text, view) ?? deps.reflex.answer(text, view) },
  };
}

function whichOne(items: readonly SuggestedItem[]): string {
  return `Which one: ${items.map(({ say }, at) => `${at + 1}. “${say}”`).join(", ")}?`;
}

// Asked which one, the words themselves name it.
function named(offers: readonly Offer[], items: readonly SuggestedItem[]): readonly Offer[] {
  return offers.map((offer, at) => ({ ...offer, title: items[at]?.say ?? offer.title }));
}
