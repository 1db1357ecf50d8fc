import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";

/** Makes ids for things that have no natural one. */
export interface Ids {
  next(prefix: string): string;
}

// 32 signs in code-point order: five bits each without bias, times sort as text, and no i, l, o, u to misread.
const signs = "0123456789abcdefghjkmnpqrstvwxyz";

/** Creates ids `prefix_tttttttttrrrrrrrr`: nine signs of time, then eight of chance (40 bits). [RT4]
 *
 * Ids of one millisecond differ by chance only; ids of later milliseconds sort after earlier ones. */
export function createIds(deps: { readonly clock: Clock; readonly random: Random }): Ids {
  return {
    next(prefix) {
      const time = encode(deps.clock.nowMs());
      const chance = Array.from(deps.random.bytes(8), (byte) => signs[byte & 31]).join("");
      return `${prefix}_${time}${chance}`;
    },
  };
}

function encode(value: number): string {
  let rest = Math.max(0, Math.floor(value));
  let text = "";
  for (let digit = 0; digit < 9; digit += 1) {
    text = signs[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
