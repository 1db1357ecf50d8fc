const maxDelayMs = 86_400_000;
const maxWaitMs = 31_536_000_000;

const id = { type: "string", pattern: "^[a-z][a-z0-9_]{0,63}$" } as const;
const shortText = { type: "string", minLength: 1, maxLength: 200 } as const;
const longText = { type: "string", maxLength: 10_000 } as const;
const names = { type: "string", pattern: "^[A-Za-z][A-Za-z0-9_]{0,63}$" } as const;

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
  additionalProperties: false,
  properties: {
    maxAttempts: { type: "integer", minimum: 1, maximum: 20 },
    backoffMs: { type: "integer", minimum: 0, maximum: maxDelayMs },
    factor: { type: "number", minimum: 1, maximum: 10 },
    maxBackoffMs: { type: "integer", minimum: 0, maximum: maxDelayMs },
  },
} as const;

const step = {
  type: "object",
  additionalProperties: false,
  required: ["id", "kind"],
  properties: {
    id,
    name: shortText,
    kind: { type: "string", enum: ["mcp", "model", "task", "wait"] },
    needs: { type: "array", items: id, maxItems: 200, uniqueItems: true },
    with: {},
    server: shortText,
    tool: shortText,
    idempotent: { type: "boolean" },
    prompt: { type: "string", minLength: 1, maxLength: 100_000 },
    durationMs: { type: "integer", minimum: 0, maximum: maxWaitMs },
    retry,
    onFailure: { type: "string", enum: ["fail", "continue"] },
  },
} as const;

/** The shape of a definition as JSON Schema (draft 07), for editors and other checkers.
 *
 * It holds the keys, types and limits only; names, needs, cycles and references are checked by `parseDefinition`. [W3] */
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
    inputs: { type: "object", maxProperties: 100, propertyNames: names, additionalProperties: input },
    steps: { type: "array", minItems: 1, maxItems: 200, items: step },
    outputs: { type: "object", maxProperties: 100, propertyNames: names, additionalProperties: { type: "string" } },
  },
};
