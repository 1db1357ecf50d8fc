import { deflateRawSync } from "node:zlib";
import type { Thresholds } from "./calibrate.ts";
import type { Model } from "./fit.ts";

/** What is shipped beside the weights. */
export interface PackInfo {
  readonly tag: string;
  readonly labels: readonly string[];
  readonly temperature: number;
  readonly thresholds: Thresholds;
}

/** Quantises a model to one signed byte per weight and writes it as a source file. `model` is what the file holds. */
export function pack(model: Model, info: PackInfo): { readonly model: Model; readonly source: string } {
  const { weights, classes } = model;
  const scale = clipOf(weights) / levels;
  const bytes = Int8Array.from(weights, (weight) => Math.max(-levels, Math.min(levels, Math.round(weight / scale))));
  const bias = Array.from(model.bias, (value) => Number(value.toFixed(4)));
  const packed = deflateRawSync(new Uint8Array(bytes.buffer), { level: 9 }).toString("base64");
  const source = [
    `import type { ClassifierWeights } from "../classifier/classifier-weights.ts";`,
    "",
    "/** Written by train/train.ts; see NOTICE for the data it was learned from. Do not edit. */",
    "export const englishWeights: ClassifierWeights = {",
    `  tag: ${JSON.stringify(info.tag)},`,
    `  bits: ${model.bits},`,
    `  scale: ${scale.toPrecision(6)},`,
    `  temperature: ${info.temperature},`,
    `  labels: [`,
    ...info.labels.map((label) => `    ${JSON.stringify(label)},`),
    "  ],",
    `  withCue: [${info.thresholds.withCue.join(", ")}],`,
    `  without: [${info.thresholds.without.join(", ")}],`,
    `  bias: [${bias.join(", ")}],`,
    `  packed:\n    ${JSON.stringify(packed)},`,
    "};",
    "",
  ].join("\n");
  return {
    source,
    model: {
      bits: model.bits,
      classes,
      weights: Float32Array.from(bytes, (level) => level * scale),
      bias: Float32Array.from(bias),
    },
  };
}

// A byte could hold 127; this many lose nothing that was measured, and deflate to three quarters.
const levels = 31;

/** The weight beyond which only one in 2,000 is: the rest is cut to it. */
function clipOf(weights: Float32Array): number {
  const sizes = weights.map((weight) => Math.abs(weight)).toSorted();
  return sizes[Math.floor(sizes.length * 0.9995)] ?? 1;
}
