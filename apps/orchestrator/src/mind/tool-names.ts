import { createHash } from "node:crypto";

const longest = 64;

/** Gives each tool of each server a name that every model takes: letters, digits, `_` and `-`, at most 64, no two alike;
 * the map leads back. A name of other signs gets a part of its hash, so that it looks like no other. [O44] */
export function nameTools<Tool extends { readonly server: string; readonly name: string }>(
  tools: readonly Tool[],
): ReadonlyMap<string, Tool> {
  const named = new Map<string, Tool>();
  for (const tool of tools) {
    const plain = `${tool.server}__${tool.name}`;
    const isPlain = /^[A-Za-z0-9_-]+$/.test(plain) && plain.length <= longest && !named.has(plain);
    const name = isPlain ? plain : hashed(plain, `${tool.server}\n${tool.name}`);
    if (!named.has(name)) named.set(name, tool);
  }
  return named;
}

function hashed(plain: string, whole: string): string {
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, 10);
  return `${plain.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, longest - hash.length - 1)}_${hash}`;
}
