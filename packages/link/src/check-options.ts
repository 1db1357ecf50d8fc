import { LinkError } from "./link-error.ts";

/** Checks that every option is a finite number of at least 1, and `deadMs` more than `idleMs`; gives them back.
 *
 * Throws {@link LinkError} `INVALID_OPTIONS`, naming the option and what came. */
export function checkOptions<Options extends object>(options: Options): Options {
  const { idleMs = 0 }: { readonly idleMs?: number } = options;
  for (const [name, value] of Object.entries(options) as [string, number][]) {
    const least = name === "deadMs" ? idleMs + 1 : 1;
    if (value >= least && value < Infinity) continue;
    throw new LinkError("INVALID_OPTIONS", `${name} must be at least ${least}, received ${value}`);
  }
  return options;
}
