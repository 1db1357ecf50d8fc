import { createHash } from "node:crypto";

/** The SHA-256, as 64 hexadecimal digits, of a call: the tool and the exact arguments, whatever the order of their keys. [O45] */
export function callHash(name: string, args: unknown): string {
  return createHash("sha256")
    .update(`${name}\n${stable(args)}`)
    .digest("hex");
}

function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const parts = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${stable((value as Readonly<Record<string, unknown>>)[key])}`);
  return `{${parts.join(",")}}`;
}
