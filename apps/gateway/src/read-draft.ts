import type { Answer } from "@kingly/link";
import type { Answer as Thought } from "@kingly/reflex";

/** The longest draft that is looked at; what is longer, the reflex would pass on anyway. */
export const maxDraftLength = 400;

/** What a draft would mean if it were said now. */
export interface DraftReading {
  readonly intent: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** What would be replied. */
  readonly preview: string;
  /** What would be sent to the orchestrator, as kinds of commands; empty when nothing would. */
  readonly commands: readonly string[];
  /** Whether it would go to the orchestrator to be read there. */
  readonly passedOn: boolean;
}

/** Answers the question `draft {text}`: what would be understood. Nothing is kept of it. [G26] */
export function readDraft(params: unknown, think: (text: string) => Thought): Answer {
  const { text } = (params ?? {}) as { readonly text?: unknown };
  if (typeof text !== "string" || text.trim() === "" || text.length > maxDraftLength) {
    const message = `A draft is a text of 1 to ${maxDraftLength} characters.`;
    return { ok: false, error: { code: "invalid_draft", message } };
  }
  const { intent, confidence, reply, commands, route } = think(text);
  const reading: DraftReading = {
    intent,
    confidence,
    preview: reply.text,
    commands: commands.map((command) => command.op),
    passedOn: route === "back",
  };
  return { ok: true, value: reading };
}
