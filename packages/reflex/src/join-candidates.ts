import type { Candidate } from "./candidate.ts";

/** Makes one candidate of the parts of an utterance, in their order; `undefined` when they cannot stand together. [RX23]
 *
 * A greeting before something else needs no answer of its own. The intent is that of the first part with a command. */
export function joinCandidates(parts: readonly Candidate[]): Candidate | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  const commands = parts.flatMap((part) => part.commands ?? []);
  const created = commands.filter((command) => command.op === "task_create");
  // "auto" means the task that this utterance creates: with two it would mean either.
  const splitsItsOwn = commands.some((command) => command.op === "task_split" && command.task_id === "auto");
  if (splitsItsOwn && created.length > 1) return undefined;
  const offering = parts.filter((part) => (part.offers ?? []).length > 0);
  const [offered] = offering;
  const leading = parts.find((part) => (part.commands ?? []).length > 0) ?? first;
  const spoken = parts.filter((part, index) => index === parts.length - 1 || !part.why.endsWith("greeting"));
  return {
    intent: leading.intent,
    confidence: Math.min(...parts.map((part) => part.confidence)),
    text: spoken.map((part) => endSentence(part.text)).join(" "),
    commands,
    // Two questions at once: a yes would not tell which it answers.
    ...(offered !== undefined && offering.length === 1 ? { offers: offered.offers ?? [] } : {}),
    answered: parts.every((part) => part.answered ?? (part.commands ?? []).length === 0),
    why: parts.map((part) => part.why).join(" + "),
  };
}

function endSentence(text: string): string {
  return /[.!?…]$/u.test(text) ? text : `${text}.`;
}
