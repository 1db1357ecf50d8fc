import type { KnownWorkflow, Reading } from "./planner.ts";

/** Finds the workflow that a text means by its triggers; undefined when it means none. [O37]
 *
 * A `manual` phrase, word for word but for case, spaces and the signs at the end, starts it, or asks for the inputs it
 * must have. A `semantic` condition is met by the share of its words that the text holds; then the workflow is offered. */
export function matchWorkflow(text: string, workflows: readonly KnownWorkflow[]): Reading | undefined {
  const said = plain(text);
  const meant = workflows.filter(({ phrases }) => phrases.some((phrase) => plain(phrase) === said));
  const [only] = meant;
  if (only !== undefined && meant.length > 1) {
    return { commands: [], say: `That starts more than one workflow: ${namesOf(meant)}. Which one do you mean?` };
  }
  if (only !== undefined) {
    if (only.missing.length > 0) {
      return { commands: [], say: `${only.name} needs ${only.missing.join(" and ")} first. Say what it is to be.` };
    }
    return {
      commands: [{ op: "workflow_start", workflow_id: only.id }],
      say: `I start the workflow ${only.name}.`,
    };
  }
  const words = new Set(wordsOf(said));
  const offered = workflows.filter(({ conditions }) =>
    conditions.some(({ condition, confidence }) => shareOf(wordsOf(plain(condition)), words) >= confidence),
  );
  if (offered.length === 0) return undefined;
  const one = offered[0]?.name ?? "";
  return {
    commands: [],
    say: `That may be something for ${namesOf(offered)}. Say: run ${offered.length === 1 ? one : "and its name"}`,
  };
}

function namesOf(workflows: readonly KnownWorkflow[]): string {
  return workflows
    .slice(0, 5)
    .map(({ name }) => name)
    .join(", ");
}

// "draft_ready" is written as a name and said as words.
function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, " ")
    .replaceAll(/^[\s"'“”]+|[\s.!?"'“”]+$/g, "");
}

function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}]{4,}/gu)?.map((word) => word.replace(/(?<=.{3})s$/u, "")) ?? [];
}

function shareOf(wanted: readonly string[], words: ReadonlySet<string>): number {
  // A single word in common is chance.
  if (wanted.length < 2) return 0;
  return wanted.filter((word) => words.has(word)).length / wanted.length;
}
