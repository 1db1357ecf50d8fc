/** Things by id in the order they were first told, at most `limit`: the oldest goes when one more comes. */
export interface Bounded<T> {
  get(id: string): T | undefined;
  set(id: string, value: T): void;
  delete(id: string): void;
  values(): T[];
  readonly size: number;
}

/** Creates an empty collection of at most `limit` things. */
export function createBounded<T>(limit: number): Bounded<T> {
  const byId = new Map<string, T>();
  return {
    get: (id) => byId.get(id),
    set(id, value) {
      byId.set(id, value);
      if (byId.size <= limit) return;
      for (const oldest of byId.keys()) {
        byId.delete(oldest);
        return;
      }
    },
    delete: (id) => void byId.delete(id),
    values: () => [...byId.values()],
    get size() {
      return byId.size;
    },
  };
}
