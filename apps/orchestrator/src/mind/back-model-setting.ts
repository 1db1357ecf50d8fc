import type { ScriptLine } from "./scripted-brain.ts";
import { purposes } from "./purpose.ts";
import type { Purpose } from "./purpose.ts";

/** One model of the back, as the settings name it. */
export interface BackModelSetting {
  /** What it is called in lists and bills. */
  readonly name: string;
  readonly provider: "anthropic" | "openai-compatible" | "scripted";
  /** The vendor's word for it. @default the name */
  readonly model?: string;
  /** Where it is. Several are instances of the same model, and share the work. */
  readonly baseUrl?: string | readonly string[];
  /** The environment variable that holds its key; never the key itself. */
  readonly apiKeyEnv?: string;
  /** What it is asked for. @default everything */
  readonly purposes?: readonly Purpose[];
  readonly maxTokensPerDay?: number;
  readonly maxUsdPerDay?: number;
  /** US dollars for a million tokens. @default the price list; unknown: money is not counted */
  readonly price?: { readonly input: number; readonly output: number };
  /** The answers of a scripted model. */
  readonly script?: readonly ScriptLine[];
}

const text = (maxLength: number): object => ({ type: "string", minLength: 1, maxLength });
const address = { ...text(2000), pattern: "^https?://" };
const money = { type: "number", minimum: 0 };

/** The JSON Schema of one entry. */
export const backModelSchema: object = {
  type: "object",
  required: ["name", "provider"],
  additionalProperties: false,
  properties: {
    name: text(64),
    provider: { enum: ["anthropic", "openai-compatible", "scripted"] },
    model: text(200),
    baseUrl: { anyOf: [address, { type: "array", minItems: 1, maxItems: 20, items: address }] },
    apiKeyEnv: { ...text(128), pattern: "^[A-Za-z_][A-Za-z0-9_]*$" },
    purposes: { type: "array", minItems: 1, items: { enum: purposes } },
    maxTokensPerDay: { type: "integer", minimum: 1 },
    maxUsdPerDay: money,
    price: {
      type: "object",
      required: ["input", "output"],
      additionalProperties: false,
      properties: { input: money, output: money },
    },
    script: {
      type: "array",
      items: {
        type: "object",
        required: ["reply"],
        additionalProperties: false,
        properties: {
          when: { type: "string", format: "regex" },
          round: { type: "integer", minimum: 1 },
          purpose: { enum: purposes },
          reply: {
            anyOf: [
              text(1_000_000),
              {
                type: "array",
                minItems: 1,
                items: {
                  type: "object",
                  required: ["kind"],
                  properties: { kind: { enum: ["text", "thinking", "tool_call", "usage", "wait", "error"] } },
                },
              },
            ],
          },
        },
      },
    },
  },
};
