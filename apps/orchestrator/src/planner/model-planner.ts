import { collect } from "@kingly/llm";
import type { Model } from "@kingly/llm";
import type { Log } from "@kingly/runtime";
import { Ajv } from "ajv";
import type { ValidateFunction } from "ajv";
import { matchWorkflow } from "./match-workflow.ts";
import type { Assessment, Part, Planner } from "./planner.ts";

// A back model may take its time, but a task must not wait for ever for an opinion that rules can give.
const defaultDeadlineMs = 60_000;

const ajv = new Ajv();
const checkAssessment = ajv.compile<Pick<Assessment, "intentType" | "complexity" | "confidence">>({
  type: "object",
  required: ["intentType", "complexity", "confidence"],
  properties: {
    intentType: { type: "string", maxLength: 64 },
    complexity: { type: "number", minimum: 0, maximum: 1 },
    confidence: { type: "number", minimum: 0, maximum: 1 },
  },
});
const checkParts = ajv.compile<Part[]>({
  type: "array",
  minItems: 1,
  maxItems: 20,
  items: {
    type: "object",
    required: ["title", "complexity"],
    properties: {
      title: { type: "string", minLength: 1, maxLength: 200 },
      complexity: { type: "number", minimum: 0, maximum: 1 },
    },
  },
});
const checkSaying = ajv.compile<{ say: string }>({
  type: "object",
  required: ["say"],
  properties: { say: { type: "string", minLength: 1, maxLength: 4000 } },
});

/** Creates a planner that asks a model and falls back to `rules` when it fails or answers out of shape. [O14]
 *
 * What the model says is data: it may word a reply and judge a task, it gives no commands here. */
export function createModelPlanner(deps: {
  readonly model: Model;
  readonly rules: Planner;
  readonly log: Log;
  readonly deadlineMs?: number;
}): Planner {
  const ask = async <T>(check: ValidateFunction<T>, system: string, question: unknown): Promise<T | undefined> => {
    try {
      const answer = await collect(deps.model, {
        system: `${system} Answer with JSON only.`,
        messages: [{ role: "user", text: JSON.stringify(question) }],
        deadlineMs: deps.deadlineMs ?? defaultDeadlineMs,
      });
      const value: unknown = JSON.parse(answer.text);
      if (check(value)) return value;
      deps.log.warn("the model answered out of shape; rules decide", { model: deps.model.name });
    } catch (thrown) {
      deps.log.warn("the model did not answer; rules decide", {
        model: deps.model.name,
        why: thrown instanceof Error ? thrown.message : "unknown",
      });
    }
    return undefined;
  };
  return {
    name: deps.model.name,
    async assess(task) {
      const opinion = await ask(
        checkAssessment,
        "Judge this task: intentType, complexity 0..1, confidence 0..1 that one go is enough.",
        task,
      );
      if (opinion === undefined) return deps.rules.assess(task);
      return { ...opinion, routing: opinion.confidence >= 0.8 ? "one_shot" : "split" };
    },
    async split(task) {
      return (
        (await ask(checkParts, "Split this task into at most 20 parts: a list of {title, complexity 0..1}.", task)) ??
        deps.rules.split(task)
      );
    },
    draft: (prompt, input) => deps.rules.draft(prompt, input),
    async read(text, context) {
      // The words of a trigger are the person's own command: no model has to guess them.
      const meant = matchWorkflow(text, context.workflows);
      if (meant !== undefined && meant.commands.length > 0) return meant;
      const saying = await ask(checkSaying, "Answer the person in one or two true sentences: {say}.", {
        text,
        context,
      });
      return saying === undefined ? deps.rules.read(text, context) : { commands: [], say: saying.say };
    },
  };
}
