import { createClassifier } from "./classifier/classifier.ts";
import type { Classifier } from "./classifier/classifier.ts";
import { unpackWeights } from "./classifier/unpack-weights.ts";

/** Loads the classifier of English; its weights are a module of their own that is fetched only now. [RX18] */
export async function loadEnglishClassifier(): Promise<Classifier> {
  const { englishWeights } = await import("./english/english-weights.ts");
  return createClassifier(await unpackWeights(englishWeights));
}
