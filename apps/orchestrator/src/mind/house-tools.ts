import type { ToolDefinition } from "@kingly/llm";
import { Ajv } from "ajv";

const text = (maxLength: number, description: string): object => ({
  type: "string",
  minLength: 1,
  maxLength,
  description,
});
const object = (properties: Readonly<Record<string, object>>, required: readonly string[]): object => ({
  type: "object",
  required,
  additionalProperties: false,
  properties,
});

/** What the house itself offers a model, beside the tools of the servers. Their names hold no `__`, as all others do. */
const functions: Readonly<Record<HouseTool, { readonly description: string; readonly schema: object }>> = {
  remember: {
    description: "Keep something for later under a short key. What a person has said is never replaced.",
    schema: object({ key: text(120, "a short key"), value: text(4000, "what to keep, in words") }, ["key", "value"]),
  },
  recall: {
    description: "Find what is remembered by words.",
    schema: object({ query: text(400, "words to look for") }, ["query"]),
  },
  list_tasks: {
    description: "List the newest tasks with their state.",
    schema: object(
      { status: { enum: ["queued", "ready", "running", "split", "completed", "failed", "cancelled"] } },
      [],
    ),
  },
  propose_next: {
    description: "Propose a next step to the person. Nothing is begun by it.",
    schema: object({ title: text(200, "what could be done next") }, ["title"]),
  },
  give_up: {
    description: "Say that the task cannot be done, and why. The task then rests, and the person is told.",
    schema: object({ reason: text(1000, "why it cannot be done") }, ["reason"]),
  },
};

/** The functions of the house. */
export type HouseTool = "remember" | "recall" | "list_tasks" | "propose_next" | "give_up";

/** As a model is told of them. */
export const houseTools: readonly ToolDefinition[] = Object.entries(functions).map(
  ([name, { description, schema }]) => ({
    name,
    description,
    inputSchema: schema as ToolDefinition["inputSchema"],
  }),
);

const ajv = new Ajv();
const checks = new Map(Object.entries(functions).map(([name, { schema }]) => [name, ajv.compile(schema)]));

/** Tells whether a name is one of the house's, and what is wrong with the arguments; undefined when nothing is. */
export function checkHouseCall(name: string, args: unknown): { readonly fault: string | undefined } | undefined {
  const check = checks.get(name);
  if (check === undefined) return undefined;
  if (check(args)) return { fault: undefined };
  const [first] = check.errors ?? [];
  return {
    fault: `${first?.instancePath === "" ? "The arguments" : first?.instancePath} ${first?.message ?? "do not fit"}.`,
  };
}
