import { contentHash } from "./canonical-json.ts";
import type { Definition } from "./definition.ts";

// Definitions are immutable: hashing one takes as long as advancing a run by ten outcomes.
const known = new WeakMap<Definition, string>();

/** Gives the SHA-256 of a definition, whatever the order of its keys: the name of exactly this content. [W27] */
export function definitionHash(definition: Definition): string {
  const before = known.get(definition);
  if (before !== undefined) return before;
  const hash = contentHash(definition);
  known.set(definition, hash);
  return hash;
}
