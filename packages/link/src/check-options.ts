import { LinkError } from "./link-error.ts";

/** Checks that every number among the options is finite and at least 1, and `deadMs` above `idleMs`; gives them back.
 *
 * Throws {@link LinkError} `INVALID_OPTIONS`, naming the option, what was expected and what came. */
export function checkOptions<Options extends object>(where: string, options: Options): Options {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "number" && !(Number.isFinite(value) && value >= 1)) {
      throw new LinkError("INVALID_OPTIONS", `${where}: ${name} must be a number of at least 1, received ${value}`);
    }
  }
  const times: { readonly idleMs?: number; readonly deadMs?: number } = options;
  if (times.idleMs !== undefined && times.deadMs !== undefined && times.deadMs <= times.idleMs) {
    const received = `${times.deadMs} and ${times.idleMs}`;
    throw new LinkError("INVALID_OPTIONS", `${where}: deadMs must be more than idleMs, received ${received}`);
  }
  return options;
}
