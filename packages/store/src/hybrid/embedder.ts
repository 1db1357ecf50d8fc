/** Turns texts into vectors whose directions are near when the texts mean or say alike. */
export interface Embedder {
  /** Names model and form, 1 to 128 characters. Another id embeds everything again, in the background. */
  readonly id: string;
  /** Length of every vector, 32 to 4,096, a multiple of 32. */
  readonly dims: number;
  /** Returns one vector for each text, in order. Rejects when it cannot; the texts are then tried again later. */
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
}

/** Throws an Error that names the embedder when it did not give one vector of finite numbers for each text. */
export function checkVectors(by: Embedder, count: number, vectors: readonly Float32Array[]): void {
  const wrong = vectors.find((vector) => vector.length !== by.dims || !vector.every((value) => Number.isFinite(value)));
  if (vectors.length === count && wrong === undefined) return;
  const got = wrong === undefined ? `${vectors.length} vectors` : `a vector of ${wrong.length} values`;
  throw new Error(`Embedder ${by.id} gave ${got} for ${count} texts; expected ${by.dims} finite numbers for each.`);
}
