/** Something that a person may say next: words they said before, and why they may. Untrusted text, like all words. */
export interface SuggestedItem {
  readonly say: string;
  readonly why: string;
}

/** What may be said after one turn. */
export interface SuggestedNext {
  /** The id of the utterance. */
  readonly turn: string;
  /** 1 to 3. */
  readonly items: readonly SuggestedItem[];
}

const maxItems = 3;
const maxText = 200;

/** Reads the `suggest` of a note; anything of another shape is none. [G85] */
export function readSuggest(value: unknown): SuggestedNext | undefined {
  const { turn, items } = (value ?? {}) as { readonly turn?: unknown; readonly items?: unknown };
  if (typeof turn !== "string" || turn.length > 64 || !Array.isArray(items)) return undefined;
  const read = items.slice(0, maxItems).flatMap((item: unknown): readonly SuggestedItem[] => {
    const { say, why } = (item ?? {}) as { readonly say?: unknown; readonly why?: unknown };
    return isText(say) && isText(why) ? [{ say, why }] : [];
  });
  return read.length === 0 ? undefined : { turn, items: read };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "" && value.length <= maxText;
}
