import { LinkError } from "./link-error.ts";

/** Checks that every number among the options is finite and at least 1, and `deadMs` above `idleMs`; gives them back.
 *
 * Throws {@link LinkError} `INVALID_OPTIONS`, naming the option, what was expected and what came. */
export function checkOptions<Options extends object>(where: string, options: Options): Options {
  const refuse = (name: string, expected: string, value: number): never => {
    throw new LinkError("INVALID_OPTIONS", `${where}: ${name} must be ${expected}, received ${value}`);
  };
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "number" && !(value >= 1 && value < Infinity)) refuse(name, "a number of at least 1", value);
  }
  const { idleMs = 0, deadMs = Infinity }: { readonly idleMs?: number; readonly deadMs?: number } = options;
  if (deadMs <= idleMs) refuse("deadMs", `more than idleMs, ${idleMs}`, deadMs);
  return options;
}
