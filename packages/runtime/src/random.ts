/** The one source of chance. `bytes` fills a new array of `count` bytes; `fraction` is in [0, 1). */
export interface Random {
  bytes(count: number): Uint8Array;
  fraction(): number;
}

/** Creates the machine's cryptographic randomness; works in Node and in browsers. [RT3] */
export function createSystemRandom(): Random {
  const bytes = (count: number): Uint8Array => globalThis.crypto.getRandomValues(new Uint8Array(count));
  return {
    bytes,
    fraction: () => new DataView(bytes(4).buffer).getUint32(0) / 2 ** 32,
  };
}
