/** Finds the name a writer most likely meant: the nearest by edits, at most two and at most a third of its length. */
export function closestName(written: string, names: Iterable<string>): string | undefined {
  // Longer words are not typing mistakes of a name, and the table below would grow with them.
  if (written.length > 64) return undefined;
  let best: string | undefined;
  let bestEdits = Math.min(2, Math.max(1, Math.floor(written.length / 3))) + 1;
  for (const name of names) {
    if (Math.abs(name.length - written.length) >= bestEdits) continue;
    const edits = countEdits(written.toLowerCase(), name.toLowerCase());
    if (edits < bestEdits) {
      best = name;
      bestEdits = edits;
    }
  }
  return best;
}

/** Writes "Did you mean x?" when a name is near, or the otherwise hint. */
export function didYouMean(written: string, names: Iterable<string>, otherwise: string): string {
  const near = closestName(written, names);
  return near === undefined ? otherwise : `Did you mean "${near}"?`;
}

// Edits are insertions, deletions, replacements and swaps of two neighbours.
function countEdits(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let edits = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        edits = Math.min(edits, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
