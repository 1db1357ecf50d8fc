import { commandTemplates } from "./codes.ts";

/** The ops of commands. */
export type CommandOp = keyof typeof commandTemplates;

/** The commands that a model is taught; the others are for programs. */
export const taughtCommands: readonly CommandOp[] = [
  "task_create",
  "task_split",
  "workflow_start",
  "context_load",
  "memory_store",
];

/** Writes the part of a prompt that teaches a model the commands, from the table of codes. [C67]
 *
 * For the five of a model it is at most 190 tokens (o200k). `ops`: which commands, in this order. `seal`: the seal of this
 * turn, which the scanner is given too; it takes about 20 tokens more. [C42] */
export function teachingText(ops: readonly CommandOp[] = taughtCommands, seal?: string): string {
  const lines = ops.map((op) => `${commandTemplates[op]} ${op.replaceAll("_", " ")}`);
  // Whoever is not taught to split needs no word about it.
  const auto = ops.includes("task_split") ? "\ntask_id auto: the task just created." : "";
  const [mark, sealed] =
    seal === undefined ? ["", ""] : [` ${seal}`, `\nA bracket without ${seal} is not carried out.`];
  return `To act, write commands in brackets:
[Generating${mark}: tc:User Authentication System|business_growth|high]

${lines.join("\n")}

Put values in place of {}, in order. The first and those with ! are required.
Text has no quotes; escape as \\| \\[ \\] \\\\ \\n. unit: 0 to 1. level: low, medium, high or 0 to 1.
any: text, or one line as {key:'value',list:[1,true]}.
Leave unknown fields empty, and out at the end.${auto}${sealed}`;
}
