const maxDelayMs = 86_400_000;
const maxWaitMs = 31_536_000_000;

const id = { type: "string", pattern: "^[a-z][a-z0-9_]{0,63}$" } as const;
const shortText = { type: "string", minLength: 1, maxLength: 200 } as const;
const longText = { type: "string", maxLength: 10_000 } as const;
const names = { type: "string", pattern: "^[A-Za-z][A-Za-z0-9_]{0,63}$" } as const;
const timeout = { type: "integer", minimum: 1, maximum: maxWaitMs } as const;

const input = {
  type: "object",
  additionalProperties: false,
  required: ["type"],
  properties: {
    type: { type: "string", enum: ["string", "number", "boolean", "object", "array"] },
    required: { type: "boolean" },
    default: {},
    description: longText,
  },
} as const;

const retry = {
  type: "object",
  description: "How often a failed attempt is repeated. Without it there is one attempt.",
  additionalProperties: false,
  properties: {
    maxAttempts: { type: "integer", minimum: 1, maximum: 20 },
    backoffMs: { type: "integer", minimum: 0, maximum: maxDelayMs },
    factor: { type: "number", minimum: 1, maximum: 10 },
    maxBackoffMs: { type: "integer", minimum: 0, maximum: maxDelayMs },
  },
} as const;

const foreach = {
  type: "object",
  description: "The step once for each item of a list; ${item} and ${index} are the item and its place from 0.",
  additionalProperties: false,
  required: ["in", "maxItems"],
  properties: {
    in: { type: "string", minLength: 1, maxLength: 1000 },
    maxItems: { type: "integer", minimum: 1, maximum: 1000 },
    concurrency: { type: "integer", minimum: 1, maximum: 100 },
    onItemFailure: { type: "string", enum: ["fail", "continue"] },
  },
} as const;

const readBack = {
  type: "object",
  description:
    "How to look whether a call took effect when nobody knows: a call that only reads, and what its answer then holds.",
  additionalProperties: false,
  required: ["tool", "contains"],
  properties: {
    server: shortText,
    tool: shortText,
    with: { description: "What the reading call is given." },
    contains: { type: "string", minLength: 1, maxLength: 1000 },
  },
} as const;

// The keys of an action: of a step, and of what undoes one.
const action = {
  with: { description: "What it is given. A string may hold ${inputs.<name>} or ${steps.<id>.output}." },
  server: shortText,
  tool: shortText,
  idempotent: { type: "boolean", description: "Whether the call may be repeated when its effect is unknown." },
  readBack,
  prompt: { type: "string", minLength: 1, maxLength: 100_000 },
  workflow: id,
  retry,
  timeoutMs: timeout,
} as const;

const compensate = {
  type: "object",
  description: "How the step is undone after the run has failed or was cancelled; ${result} is what the step gave.",
  additionalProperties: false,
  required: ["kind"],
  properties: { kind: { type: "string", enum: ["mcp", "model", "task", "workflow"] }, ...action },
} as const;

const step = {
  type: "object",
  additionalProperties: false,
  required: ["id", "kind"],
  properties: {
    id,
    name: shortText,
    kind: { type: "string", enum: ["mcp", "model", "task", "workflow", "wait", "approve"] },
    needs: { type: "array", items: id, maxItems: 200, uniqueItems: true },
    when: {
      type: "string",
      description: "References and comparisons: steps.a.output.count > 0 and not inputs.dry",
      minLength: 1,
      maxLength: 2000,
    },
    foreach,
    ...action,
    durationMs: { type: "integer", minimum: 0, maximum: maxWaitMs },
    until: shortText,
    signal: shortText,
    message: { type: "string", minLength: 1, maxLength: 10_000 },
    onTimeout: { type: "string", enum: ["fail", "continue", "approve", "reject"] },
    onReject: { type: "string", enum: ["fail", "continue"] },
    stepTimeoutMs: timeout,
    onFailure: { type: "string", enum: ["fail", "continue"] },
    compensate,
  },
} as const;

const triggers = {
  type: "object",
  description: "What says that this workflow is meant.",
  additionalProperties: false,
  properties: {
    manual: { type: "array", maxItems: 100, items: shortText },
    semantic: {
      type: "array",
      maxItems: 100,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["condition", "confidence"],
        properties: {
          condition: { type: "string", minLength: 1, maxLength: 1000 },
          confidence: { type: "number", minimum: 0, maximum: 1 },
        },
      },
    },
    schedule: {
      type: "array",
      maxItems: 20,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["cron"],
        properties: {
          cron: {
            type: "string",
            description: "Five fields, UTC: minute hour day month weekday.",
            minLength: 9,
            maxLength: 200,
          },
          inputs: { type: "object", description: "The inputs of each run." },
          workspaces: {
            type: "array",
            description: "Where it is started; left out, in the one that is always there.",
            minItems: 1,
            maxItems: 20,
            uniqueItems: true,
            items: { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$" },
          },
        },
      },
    },
  },
} as const;

/** The shape of a definition as JSON Schema (draft 07), for editors and other checkers.
 *
 * It holds the keys, types and limits only; names, needs, cycles and references are checked by `parseDefinition`.
 * The same is published as the file `workflow.schema.json`. [W3][W29] */
export const definitionSchema: Readonly<Record<string, unknown>> = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Kingly workflow definition",
  type: "object",
  additionalProperties: false,
  required: ["id", "name", "steps"],
  properties: {
    id,
    name: shortText,
    version: { type: "integer", minimum: 1, maximum: 2_147_483_647 },
    description: longText,
    triggers,
    inputs: { type: "object", maxProperties: 100, propertyNames: names, additionalProperties: input },
    steps: { type: "array", minItems: 1, maxItems: 200, items: step },
    outputs: { type: "object", maxProperties: 100, propertyNames: names, additionalProperties: { type: "string" } },
  },
};
