import type { ModelRequest, Usage } from "../model.ts";

/** Estimates the tokens of a text, of any model: words by their length, numbers and signs one by one. [L26]
 *
 * It knows no tokenizer and is uncalibrated; {@link createTokenEstimator} learns from what models count. */
export function estimateTokens(text: string): number {
  let sum = 0;
  for (const [part] of text.matchAll(/[A-Za-z]+|[0-9]+|[^\sA-Za-z0-9]|\s{2,}/g)) sum += costOf(part);
  return Math.ceil(sum);
}

function costOf(part: string): number {
  if (/^[A-Za-z]/.test(part)) return Math.max(1, part.length / 4.5);
  if (/^[0-9]/.test(part)) return Math.ceil(part.length / 2);
  if (/^\s/.test(part)) return 1;
  // A character of another script is one to three tokens; half of a pair counts half.
  const code = part.charCodeAt(0);
  if (code < 0x80) return 1;
  return code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 1 : 1.5;
}

// What frames a message or a tool, beside its text.
const messageTokens = 6;
const toolTokens = 30;

/** Estimates the tokens of a whole request, uncalibrated: system, messages, tools, schema. [L26] */
export function estimateInputTokens(request: ModelRequest): number {
  let sum = estimateTokens(request.system ?? "") + messageTokens;
  for (const message of request.messages) {
    sum += estimateTokens(message.text) + messageTokens;
    if (message.role !== "assistant") continue;
    for (const call of message.toolCalls ?? [])
      sum += estimateTokens(call.name + JSON.stringify(call.input)) + messageTokens;
    // What is signed is long and counts little; at most it is what it is.
    if (message.vendor !== undefined) sum += estimateTokens(JSON.stringify(message.vendor.content));
  }
  for (const tool of request.tools ?? []) {
    sum += estimateTokens(tool.name + tool.description + JSON.stringify(tool.inputSchema)) + toolTokens;
  }
  return request.json === undefined ? sum : sum + estimateTokens(JSON.stringify(request.json)) + toolTokens;
}

/** An estimate that learns from the counts of each model. */
export interface TokenEstimator {
  /** Tokens of input that a model will count, rather too many. */
  estimate(model: string, request: ModelRequest): number;
  /** Takes a count as the truth of that request. */
  learn(model: string, request: ModelRequest, usage: Usage): void;
  /** What the estimate is multiplied by now. */
  factor(model: string): number;
}

// Before any count an estimate had better be too high.
const firstFactor = 1.5;
const keptRatios = 16;
const maxModels = 100;

/** Creates an estimator: it is calibrated, for each model, by the highest of the last 16 counts over estimates. [L26]
 *
 * So it stays too high while texts are alike. Until a model has counted, the factor is 1.5; it stays within 0.25 to 4. */
export function createTokenEstimator(): TokenEstimator {
  const ratios = new Map<string, number[]>();
  const factor = (model: string): number => {
    const known = ratios.get(model);
    return known === undefined ? firstFactor : Math.min(4, Math.max(0.25, ...known));
  };
  return {
    factor,
    estimate: (model, request) => Math.ceil(estimateInputTokens(request) * factor(model)),
    learn(model, request, usage) {
      const known = ratios.get(model) ?? [];
      known.push(usage.inputTokens / estimateInputTokens(request));
      if (known.length > keptRatios) known.shift();
      if (!ratios.has(model) && ratios.size >= maxModels) ratios.delete(ratios.keys().next().value ?? "");
      ratios.set(model, known);
    },
  };
}
