import type { Reading, ReadingContext } from "./planner.ts";

// Verbs with which people ask for work. The list decides only what is asked back, never what is done.
const workVerbs =
  /^(?:please\s+)?(add|arrange|book|build|buy|call|check|create|design|draft|email|find|fix|get|implement|investigate|learn|make|order|organi[sz]e|prepare|research|review|schedule|send|set up|ship|test|write)\b/i;

/** Reads an utterance that the front did not understand, by rules: answers from memory, or asks one question back.
 *
 * It never acts on a guess: what looks like work is offered as words the person can say. */
export function readUtteranceText(text: string, context: ReadingContext): Reading {
  const words = text.trim().replaceAll(/\s+/g, " ");
  if (workVerbs.test(words) && words.length <= 200 && !words.endsWith("?")) {
    return {
      commands: [],
      say: `I am not sure what to do with that. Shall I make it a task? Say: create a task to ${lowerFirst(words)}`,
    };
  }
  const best = context.recall.slice(0, 3);
  if (best.length > 0) {
    const lines = best.map((found) => `“${found.text}” (${timeOf(found.atMs)})`).join("; ");
    return { commands: [], say: `I did not fully understand that. What I know that touches it: ${lines}.` };
  }
  return {
    commands: [],
    say: "I read that, and I do not know what to do with it yet. Do you want a task, a plan, or shall I remember it?",
  };
}

function lowerFirst(text: string): string {
  const second = text.charAt(1);
  return second !== "" && second === second.toUpperCase() && second !== second.toLowerCase()
    ? text
    : text.charAt(0).toLowerCase() + text.slice(1);
}

function timeOf(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
