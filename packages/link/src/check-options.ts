import { LinkError } from "./link-error.ts";

/** Checks that every number among the options is finite and at least 1; gives the options back.
 *
 * Throws {@link LinkError} `INVALID_OPTIONS`, naming the option, what was expected and what came. */
export function checkOptions<Options extends object>(where: string, options: Options): Options {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "number" && !(Number.isFinite(value) && value >= 1)) {
      throw new LinkError("INVALID_OPTIONS", `${where}: ${name} must be a number of at least 1, received ${value}`);
    }
  }
  return options;
}
