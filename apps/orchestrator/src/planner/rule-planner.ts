import { assess } from "./assess.ts";
import { matchWorkflow } from "./match-workflow.ts";
import type { Planner } from "./planner.ts";
import { projectPlan } from "./project-plan.ts";
import { readUtteranceText } from "./read-utterance-text.ts";
import { splitParts } from "./split-parts.ts";

/** Creates the planner that needs no model: deterministic, offline, honest about what it cannot read. [O14] */
export function createRulePlanner(): Planner {
  return {
    name: "rules",
    assess: async (task) => assess(task),
    split: async (task) => splitParts(task.title),
    async draft(prompt, input) {
      const fields = typeof input === "object" && input !== null ? (input as Readonly<Record<string, unknown>>) : {};
      if (fields["kind"] === "project_plan")
        return projectPlan(textOf(fields["name"], "Project"), textOf(fields["scope"], ""));
      // Without a model a free prompt cannot be answered; its own text is the honest draft.
      return { text: prompt, by: "rules" };
    },
    read: async (text, context) => matchWorkflow(text, context.workflows) ?? readUtteranceText(text, context),
  };
}

function textOf(value: unknown, otherwise: string): string {
  if (Array.isArray(value)) return value.filter((item) => typeof item === "string").join(",");
  return typeof value === "string" && value.trim() !== "" ? value.trim() : otherwise;
}
