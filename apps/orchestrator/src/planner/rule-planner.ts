import { assess } from "./assess.ts";
import { matchWorkflow } from "./match-workflow.ts";
import { planCalls } from "./plan-calls.ts";
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
    async read(text, context) {
      const meant = matchWorkflow(text, context.workflows);
      if (meant !== undefined) return meant;
      // A reading call that is asked for word for word is done as a task, so that it is seen, kept and can be stopped.
      if (planCalls(text) === undefined || text.length > 200) return readUtteranceText(text, context);
      const title = text.trim().replaceAll(/\s+/g, " ");
      return { commands: [{ op: "task_create", title }], say: "I look, and tell you what I find." };
    },
  };
}

function textOf(value: unknown, otherwise: string): string {
  if (Array.isArray(value)) return value.filter((item) => typeof item === "string").join(",");
  return typeof value === "string" && value.trim() !== "" ? value.trim() : otherwise;
}
