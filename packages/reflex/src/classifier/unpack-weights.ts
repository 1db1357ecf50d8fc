import type { ReadyWeights } from "./classifier.ts";
import type { ClassifierWeights } from "./classifier-weights.ts";

/** Makes shipped weights ready. Needs only what browsers and Node both have. */
export async function unpackWeights(weights: ClassifierWeights): Promise<ReadyWeights> {
  const { packed, ...rest } = weights;
  const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return { ...rest, rows: new Int8Array(await new Response(inflated).arrayBuffer()) };
}
