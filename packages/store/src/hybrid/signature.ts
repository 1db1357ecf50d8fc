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

/** For each byte of a signature and each value it may have: what it adds to the likeness with this vector.
 *
 * Directions in which the vector is weak count little, other than in a plain count of equal bits. */
export function likenessTable(vector: Float32Array): Float32Array {
  const bytes = Math.min(vector.length, maxSignatureBits) / 8;
  const table = new Float32Array(bytes * 256);
  for (let byte = 0; byte < bytes; byte += 1) {
    for (let value = 0; value < 256; value += 1) {
      let sum = 0;
      for (let bit = 0; bit < 8; bit += 1) {
        const share = vector[byte * 8 + bit] ?? 0;
        sum += (value >>> bit) & 1 ? share : -share;
      }
      table[byte * 256 + value] = sum;
    }
  }
  return table;
}
