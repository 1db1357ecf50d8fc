/** Tells whether `needle` stands in `text` at a place that is accepted; both are compared under `mask`.
 *
 * Knuth, Morris and Pratt: linear on any text, while `indexOf` of strings is not. */
export function findUnits(
  text: Uint32Array,
  needle: Uint32Array,
  mask: number,
  accepts: (at: number) => boolean,
): boolean {
  const borders = bordersOf(needle, mask);
  let length = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = unitAt(text, index) & mask;
    while (length > 0 && (unitAt(needle, length) & mask) !== unit) length = borders[length - 1] ?? 0;
    if ((unitAt(needle, length) & mask) === unit) length += 1;
    if (length < needle.length) continue;
    if (accepts(index + 1 - needle.length)) return true;
    length = borders[length - 1] ?? 0;
  }
  return false;
}

/** Gives, for each prefix of the needle, the length of its longest proper border. */
function bordersOf(needle: Uint32Array, mask: number): Int32Array {
  const borders = new Int32Array(needle.length);
  let length = 0;
  for (let index = 1; index < needle.length; index += 1) {
    const unit = unitAt(needle, index) & mask;
    while (length > 0 && (unitAt(needle, length) & mask) !== unit) length = borders[length - 1] ?? 0;
    if ((unitAt(needle, length) & mask) === unit) length += 1;
    borders[index] = length;
  }
  return borders;
}

function unitAt(units: Uint32Array, index: number): number {
  return units[index] ?? 0;
}
