import { createReflex } from "./reflex.ts";
import type { Answer } from "./answer-of.ts";
import { emptyView } from "./view.ts";
import type { View } from "./view.ts";

const standard = /* @__PURE__ */ createReflex();

/** Answers one utterance in English with the default threshold; without a view, as one who knows nothing yet. [RX1] */
export function answer(text: string, view: View = emptyView): Answer {
  return standard.answer(text, view);
}
