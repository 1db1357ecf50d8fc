const maxBytes = 100_000;
const maxDepth = 64;
const maxSteps = 20_000;

/** Says why a schema of a stranger is not to be run; undefined when it may be. [M33]
 *
 * Refused: more than 100,000 bytes, deeper than 64, references that leave the schema, references in a circle, and those
 * that unfold to more than 20,000 steps. Nothing is ever fetched. */
export function findSchemaFault(schema: unknown): string | undefined {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return "it is not an object";
  let text: string;
  try {
    text = JSON.stringify(schema);
  } catch {
    return "it is not JSON";
  }
  if (Buffer.byteLength(text) > maxBytes) return `it takes more than ${maxBytes} bytes`;
  if (isTooDeep(schema, maxDepth)) return `it is deeper than ${maxDepth}`;
  if (/"\$(?:dynamicRef|recursiveRef|anchor|dynamicAnchor)"/.test(text)) return "it has dynamic references";
  return measure(schema);
}

function isTooDeep(value: unknown, left: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return left === 0 || Object.values(value).some((inner) => isTooDeep(inner, left - 1));
}

// Walks as a validator would, following references: what unfolds without end or too far is told.
function measure(root: object): string | undefined {
  let steps = 0;
  const open = new Set<string>();
  const walk = (value: unknown): string | undefined => {
    if (typeof value !== "object" || value === null) return undefined;
    if ((steps += 1) > maxSteps) return `it unfolds to more than ${maxSteps} steps`;
    const reference = "$ref" in value ? value.$ref : undefined;
    if (typeof reference === "string") {
      const fault = follow(reference);
      if (fault !== undefined) return fault;
    }
    for (const [key, inner] of Object.entries(value)) {
      // Definitions count where they are used.
      if (key === "$defs" || key === "definitions") continue;
      const fault = walk(inner);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
  const follow = (reference: string): string | undefined => {
    if (!reference.startsWith("#")) return "it refers to something outside of itself";
    if (open.has(reference)) return "it refers to itself";
    const target = resolve(root, reference);
    if (target === undefined) return `its reference ${reference.slice(0, 80)} leads nowhere`;
    open.add(reference);
    const fault = walk(target);
    open.delete(reference);
    return fault;
  };
  return walk(root);
}

function resolve(root: object, reference: string): unknown {
  let value: unknown = root;
  for (const part of reference.slice(1).split("/").slice(1)) {
    const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}
