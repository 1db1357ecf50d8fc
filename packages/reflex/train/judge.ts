import { emptyView } from "../src/index.ts";
import type { Reflex } from "../src/index.ts";
import { labelIntent } from "../src/classifier/label-intent.ts";
import type { Intent } from "../src/index.ts";

// Several intents of ours are one label of the data.
const alike: Readonly<Partial<Record<Intent, Intent>>> = { undo: "cancel", task_build: "task_create" };

/** What a reflex makes of a text, in the terms of the labels: the intent it recognises, or undefined; and whether it
 * gives out a command. The other assistants' names in the data stand for ours. */
export function judge(
  reflex: Reflex,
  text: string,
): { readonly found: Intent | undefined; readonly hasCommand: boolean; readonly why: string } {
  const answer = reflex.answer(text.replaceAll(/\b(?:olly|ai)\b/g, "kingly"), emptyView);
  const found = answer.recognised ? (alike[answer.intent] ?? answer.intent) : undefined;
  return { found, hasCommand: answer.commands.length > 0, why: answer.why };
}

/** The intent that a label of the data asks for; `none` for a text that is no intent. */
export function wanted(label: string): Intent | "none" {
  const intent = labelIntent(label);
  return intent === "unknown" ? "none" : intent;
}
