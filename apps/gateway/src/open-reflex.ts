import { createReflex, loadEnglishClassifier } from "@kingly/reflex";
import type { ReadDates, Reflex } from "@kingly/reflex";
import type { Log } from "@kingly/runtime";

/** A reflex that answers from the first moment, by its rules; `load` brings the classifier and the reader of times. */
export interface OpenedReflex {
  readonly reflex: Reflex;
  readonly load: () => Promise<void>;
}

/** What is brought behind: the classifier and the reader of times. */
export interface ReflexParts {
  readonly loadClassifier: typeof loadEnglishClassifier;
  readonly loadDates: () => Promise<ReadDates>;
}

/** Opens the reflex. What is heavy is loaded when the gateway listens already, and practised before it answers anybody;
 * without a part, the rest goes on. [G30] */
export function openReflex(
  { log, practise }: { readonly log: Log; readonly practise?: (reflex: Reflex) => Promise<void> },
  { loadClassifier, loadDates }: ReflexParts = { loadClassifier: loadEnglishClassifier, loadDates: loadReadDates },
): OpenedReflex {
  let current = createReflex();
  const orNothing = async <Part>(what: string, loading: Promise<Part>): Promise<Part | undefined> => {
    try {
      return await loading;
    } catch (thrown) {
      log.error(`${what} cannot be loaded; the others answer without it`, { why: String(thrown) });
      return undefined;
    }
  };
  return {
    reflex: { answer: (text, view) => current.answer(text, view) },
    async load() {
      const [classifier, readDates] = await Promise.all([
        orNothing("the classifier", loadClassifier()),
        orNothing("the reader of times", loadDates()),
      ]);
      const whole = createReflex({
        ...(classifier === undefined ? {} : { classifier }),
        ...(readDates === undefined ? {} : { readDates }),
      });
      await practise?.(whole);
      current = whole;
    },
  };
}

/** Loads the reader of times in words. A day without a year is the next one that comes. */
export async function loadReadDates(): Promise<ReadDates> {
  const { parse } = await import("chrono-node");
  return (text, nowMs, utcOffsetMinutes) => {
    const reference = { instant: new Date(nowMs), timezone: utcOffsetMinutes };
    const [found] = parse(text, reference, { forwardDate: true });
    return found === undefined ? undefined : { text: found.text, atMs: found.date().getTime() };
  };
}
