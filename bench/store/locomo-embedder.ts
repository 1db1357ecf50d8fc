import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Embedder } from "@kingly/store/embedders";

/** Loads the embedder that a module of the user's own exports as `embedder`, or as default. */
export async function loadEmbedder(path: string): Promise<Embedder> {
  const module = (await import(pathToFileURL(resolve(path)).href)) as Readonly<Record<string, unknown>>;
  const found = module["embedder"] ?? module["default"];
  if (isEmbedder(found)) return found;
  throw new Error(
    `${path} exports no embedder. Expected \`export const embedder = createWordVectorEmbedder(…)\` or the like.`,
  );
}

function isEmbedder(value: unknown): value is Embedder {
  return typeof value === "object" && value !== null && "id" in value && "dims" in value && "embed" in value;
}
