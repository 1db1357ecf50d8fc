import { createTaint, formatCommand, isCodecError, levelToNumber } from "@kingly/codec";
import { Ajv } from "ajv";
import type { PlannedCommand } from "./planned-command.ts";
import type { ReadingContext } from "./planner.ts";

const maxCommands = 5;
const text = (maxLength: number): object => ({ type: "string", minLength: 1, maxLength });
const of = (op: string, required: readonly string[], properties: Readonly<Record<string, object>>): object => ({
  type: "object",
  required: ["op", ...required],
  additionalProperties: false,
  properties: { op: { const: op }, ...properties },
});

/** The JSON Schema of the commands that a model may give when it reads an utterance. */
export const modelCommandsSchema: object = {
  type: "array",
  maxItems: maxCommands,
  items: {
    anyOf: [
      of("task_create", ["title"], {
        title: text(200),
        intent_type: text(64),
        complexity: { enum: ["low", "medium", "high"] },
      }),
      of("task_split", ["task_id"], { task_id: text(128), reason: text(400) }),
      of("context_load", ["context_id"], { context_id: text(200) }),
      of("workflow_start", ["workflow_id"], { workflow_id: text(128), params: { type: "object" } }),
      of("memory_store", ["key", "value"], { key: text(120), value: text(4000) }),
    ],
  },
};

const isShaped = new Ajv({ allowUnionTypes: true }).compile<PlannedCommand>(
  (modelCommandsSchema as { readonly items: object }).items,
);

/** What of a model's commands is carried out, and what is only offered in words. */
export interface CheckedCommands {
  readonly accepted: readonly PlannedCommand[];
  /** Each as words that the person can say, or what it was about. */
  readonly offered: readonly string[];
}

/** Checks the commands that a model read out of an utterance. Only what can be taken back is carried out, and only where the
 * person's own words ask for it; a command that stands in what others wrote is quarantined. [O48]
 *
 * A task needs half of its words in the utterance, a split its task, a workflow its name and the texts of its inputs, a
 * memory its whole value. */
export function checkModelCommands(given: readonly unknown[], said: string, context: ReadingContext): CheckedCommands {
  const taint = createTaint();
  for (const { text: recalled } of context.recall) taint.add(recalled, "memory");
  for (const { title } of context.tasks) taint.add(title, "task");
  // A line of the language that stands in what was said was pasted, or shall be said by the person as such.
  taint.add(said, "utterance");
  const accepted: PlannedCommand[] = [];
  const offered: string[] = [];
  const lines = new Set<string>();
  for (const command of given.slice(0, maxCommands)) {
    if (!isShaped(command)) {
      offered.push("something that I may not do by myself");
      continue;
    }
    const planned = toCommand(command);
    const line = lineOf(planned);
    if (line === undefined || lines.has(line)) continue;
    lines.add(line);
    if (!taint.check(line).tainted && isWanted(planned, said, context)) accepted.push(planned);
    else offered.push(inWords(planned));
  }
  return { accepted, offered };
}

function toCommand(command: PlannedCommand): PlannedCommand {
  if (command.op !== "task_create" || command.complexity === undefined) return command;
  return { ...command, complexity: levelToNumber(command.complexity) };
}

function lineOf(command: PlannedCommand): string | undefined {
  try {
    return formatCommand(command);
  } catch (thrown) {
    if (isCodecError(thrown)) return undefined;
    throw thrown;
  }
}

function isWanted(command: PlannedCommand, said: string, context: ReadingContext): boolean {
  switch (command.op) {
    case "task_create":
      return shareIn(command.title, said) >= 0.5;
    case "task_split": {
      const task = context.tasks.find(({ id }) => id === command.task_id);
      return task !== undefined && (stands(task.id, said) || shareIn(task.title, said) >= 0.5);
    }
    case "context_load":
      return !command.context_id.includes("${") && shareIn(command.context_id.replaceAll(/[_-]/g, " "), said) >= 0.5;
    case "workflow_start": {
      const workflow = context.workflows.find(({ id }) => id === command.workflow_id);
      const isNamed = workflow !== undefined && [workflow.id, workflow.name].some((name) => stands(name, said));
      return isNamed && leavesOf(command.params).every((leaf) => typeof leaf !== "string" || stands(leaf, said));
    }
    case "memory_store":
      return typeof command.value === "string" && command.value.trim().length >= 2 && stands(command.value, said);
    default:
      return command satisfies never;
  }
}

function inWords(command: PlannedCommand): string {
  switch (command.op) {
    case "task_create":
      return `create a task to ${command.title}`;
    case "task_split":
      return `split ${command.task_id}`;
    case "context_load":
      return `what do you know about ${command.context_id.replaceAll(/[_-]/g, " ")}`;
    case "workflow_start":
      return `run ${command.workflow_id}`;
    case "memory_store":
      return `remember that ${typeof command.value === "string" ? command.value : command.key}`;
    default:
      return command satisfies never;
  }
}

function fold(words: string): string {
  return ` ${words
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim()} `;
}

function stands(words: string, said: string): boolean {
  const folded = fold(words);
  return folded.trim() !== "" && fold(said).includes(folded);
}

function shareIn(words: string, said: string): number {
  const wanted = fold(words).match(/[\p{L}\p{N}]{3,}/gu) ?? [];
  const known = new Set(fold(said).match(/[\p{L}\p{N}]{3,}/gu));
  return wanted.length === 0 ? 0 : wanted.filter((each) => known.has(each)).length / wanted.length;
}

function leavesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(leavesOf);
  return value === undefined ? [] : [value];
}
