/** Most bits of a signature: more cost time in the scan and add little to what the exact vectors then decide. */
export const maxSignatureBits = 512;

/** Takes the sign of each direction, eight to a byte, of the first 512 directions at most. */
export function signatureOf(vector: Float32Array): Uint8Array {
  const bits = Math.min(vector.length, maxSignatureBits);
  const signature = new Uint8Array(bits / 8);
  for (let at = 0; at < bits; at += 1) {
    if ((vector[at] ?? 0) > 0) signature[at >>> 3] = (signature[at >>> 3] ?? 0) | (1 << (at & 7));
  }
  return signature;
}

/** The bytes of a signature in which a vector says anything, the most telling first, and how much each can say at most. */
export function tellingBytes(vector: Float32Array): readonly { readonly byte: number; readonly most: number }[] {
  const telling: { byte: number; most: number }[] = [];
  for (let byte = 0; byte < Math.min(vector.length, maxSignatureBits) / 8; byte += 1) {
    let most = 0;
    for (let bit = 0; bit < 8; bit += 1) most += Math.abs(vector[byte * 8 + bit] ?? 0);
    // What the table adds up is rounded to single precision: a hair more than the most is never less than it.
    if (most > 0) telling.push({ byte, most: most * (1 + 1e-6) });
  }
  return telling.toSorted((left, right) => right.most - left.most);
}

/** For each of the bytes of a signature (default: all) and each value it may have: what it adds to the likeness with this
 * vector.
 *
 * Directions in which the vector is weak count little, other than in a plain count of equal bits. */
export function likenessTable(
  vector: Float32Array,
  bytes: readonly number[] = Array.from({ length: Math.min(vector.length, maxSignatureBits) / 8 }, (_, byte) => byte),
): Float32Array {
  const table = new Float32Array(bytes.length * 256);
  const sums = new Float64Array(256);
  for (let place = 0; place < bytes.length; place += 1) {
    const first = (bytes[place] ?? 0) * 8;
    // No bit set: every direction counts against it. Then each value is one that was summed, with its highest bit turned.
    let none = 0;
    for (let bit = 0; bit < 8; bit += 1) none -= vector[first + bit] ?? 0;
    sums[0] = none;
    for (let bit = 0; bit < 8; bit += 1) {
      const turned = 2 * (vector[first + bit] ?? 0);
      const least = 1 << bit;
      for (let value = 0; value < least; value += 1) sums[least + value] = (sums[value] ?? 0) + turned;
    }
    table.set(sums, place * 256);
  }
  return table;
}
