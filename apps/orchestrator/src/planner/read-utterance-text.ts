import { readPlainTask } from "./plain-task.ts";
import type { PlainTask } from "./plain-task.ts";
import type { Reading, ReadingContext } from "./planner.ts";

// Verbs with which people ask for work. The list decides only what is asked back, never what is done.
const workVerbs =
  /^(?:please\s+)?(add|arrange|book|build|buy|call|check|create|design|draft|email|find|fix|get|implement|investigate|learn|make|order|organi[sz]e|prepare|research|review|schedule|send|set up|ship|test|write)\b/i;

// Words that every other sentence has: two texts that share only these have nothing to do with each other.
const common = new Set(
  `the and for you your yours are was were been being not but all any can could would should will shall may might must
  does did done has have had having how who whom whose why what when where which while this that these those there here
  then than with from into onto over under about after before again also just only very much many more most some every
  each both either its his her hers him she they them their our ours out off let get got see say says said tell told
  know knows remember please everything something anything nothing everybody somebody anybody nobody thing things want
  wants need needs like likes make makes made take takes give gives now one two`.split(/\s+/),
);

/** Reads an utterance that the front did not understand, by rules: makes the task that was asked for in so many words,
 * answers from memory, or asks one question back.
 *
 * It never acts on a guess: what looks like work is offered as words the person can say. [O8] */
export function readUtteranceText(text: string, context: ReadingContext): Reading {
  const words = text.trim().replaceAll(/\s+/g, " ");
  const plain = readPlainTask(text);
  if (plain !== undefined) return makeTask(plain);
  if (workVerbs.test(words) && words.length <= 200 && !words.endsWith("?")) {
    const offer = `create a task to ${lowerFirst(words)}`;
    return { commands: [], say: `I am not sure what to do with that. Shall I make it a task? Say: ${offer}`, offer };
  }
  const best = context.recall.filter(({ text: known }) => touches(words, known)).slice(0, 3);
  if (best.length > 0) {
    const lines = best.map((found) => `“${found.text}” (${timeOf(found.atMs)})`).join("; ");
    return { commands: [], say: `I did not fully understand that. What I know that touches it: ${lines}.` };
  }
  return {
    commands: [],
    say: "I read that, and I do not know what to do with it yet. Do you want a task, a plan, or shall I remember it?",
  };
}

function makeTask({ title, isTimed, kind }: PlainTask): Reading {
  if (kind === "reminder") {
    const offer = `create a task to ${lowerFirst(title)}`;
    return {
      commands: [],
      say: `I keep no times, so I cannot remind you. Shall I make it a task? Say: ${offer}`,
      offer,
    };
  }
  const untold = isTimed ? " I keep no times: nothing will remind you of it." : "";
  return { commands: [{ op: "task_create", title }], say: `That is a task now: ${title}.${untold}` };
}

/** Tells whether two texts share a word that says something, whatever its ending. */
function touches(text: string, known: string): boolean {
  const stems = stemsOf(known);
  return stemsOf(text).some((stem) => stems.some((other) => isSame(stem, other)));
}

// "lamp" and "lamps"; but not "car" and "care".
function isSame(one: string, other: string): boolean {
  if (Math.min(one.length, other.length) < 4) return one === other;
  return one.startsWith(other) || other.startsWith(one);
}

function stemsOf(text: string): readonly string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];
  return words.filter((word) => !common.has(word)).map((word) => word.slice(0, 5));
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
