/** Orders items so that each stands after its parent, else in the order given. Those of a circle come last. [F8] */
export function parentsFirst<T>(
  items: readonly T[],
  idOf: (item: T) => string,
  parentOf: (item: T) => string | undefined,
): readonly T[] {
  const waiting = new Map<string, T[]>();
  const ids = new Set(items.map((item) => idOf(item)));
  const ordered: T[] = [];
  for (const item of items) {
    const parentId = parentOf(item);
    if (parentId === undefined || !ids.has(parentId)) ordered.push(item);
    else waiting.set(parentId, [...(waiting.get(parentId) ?? []), item]);
  }
  // The list grows while it is walked: children follow their parent.
  for (const item of ordered) {
    const children = waiting.get(idOf(item)) ?? [];
    waiting.delete(idOf(item));
    ordered.push(...children);
  }
  return [...ordered, ...[...waiting.values()].flat()];
}
