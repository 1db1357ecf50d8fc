import { createReflex, loadEnglishClassifier } from "@kingly/reflex";
import type { ReadDates, Reflex } from "@kingly/reflex";
import type { Log } from "@kingly/runtime";

/** A reflex that answers from the first moment, by its rules; `load` brings the classifier and the reader of times. */
export interface OpenedReflex {
  readonly reflex: Reflex;
  readonly load: () => Promise<void>;
}

/** Opens the reflex. What is heavy is loaded when the gateway listens already; without it, the rules go on alone. */
export function openReflex(log: Log): OpenedReflex {
  let current = createReflex();
  return {
    reflex: { answer: (text, view) => current.answer(text, view) },
    async load() {
      try {
        const [classifier, readDates] = await Promise.all([loadEnglishClassifier(), loadReadDates()]);
        current = createReflex({ classifier, readDates });
      } catch (thrown) {
        log.error("the classifier cannot be loaded; the rules answer alone", { why: String(thrown) });
      }
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
