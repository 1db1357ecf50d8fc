const asksForTask =
  /^(?:(?:please|could you|can you|would you)\s+)*(?:create|add|make|open)\s+(?:me\s+)?(?:a|an|one|another)\s+(?:new\s+)?(?:task|todo|to-do)\s*(?::|\b(?:to|for|called|named)\b)?\s+(?<title>\S.*)$/i;
const asksToRemind = /^(?:please\s+)?remind me\s+(?:to\s+|about\s+|of\s+)?(?<title>\S.*)$/i;
const speaksOfTime =
  /\b(?:today|tonight|tomorrow|noon|midnight|morning|afternoon|evening|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:next|this) (?:week|month|year|weekend)|every|daily|weekly|monthly|(?:at|by|before|until|in) \d[\d:.]*(?:[ap]m)?|\d+(?:st|nd|rd|th))\b/i;
// What is quoted, pasted or coded is somebody else's wish.
const isForeign = /["“”„«»`{}|[\]<>\\\n\r]/;
const maxTitle = 200;

/** A task that was asked for in so many words. */
export interface PlainTask {
  readonly title: string;
  /** Somebody wants to be told of it, or names a time: nothing here keeps times. */
  readonly isTimed: boolean;
  readonly kind: "task" | "reminder";
}

/** Reads "create a task to water the plants by Friday" and "remind me to call mum at 5", which the front passes on because
 * no command carries a time; the words of time stay in the title. [O8] */
export function readPlainTask(text: string): PlainTask | undefined {
  if (isForeign.test(text)) return undefined;
  const words = text.trim().replace(/[.!?]+$/, "");
  for (const [kind, pattern] of [["task", asksForTask] as const, ["reminder", asksToRemind] as const]) {
    const title = pattern.exec(words)?.groups?.["title"];
    if (title === undefined) continue;
    return title.length > maxTitle
      ? undefined
      : { title, isTimed: kind === "reminder" || speaksOfTime.test(title), kind };
  }
  return undefined;
}
