/** Finds the one of some words that differs from `wrong` by a single slip: a letter wrong, missing, too many, or two
 * swapped; capitals do not count. Only for a hint: `undefined` when none or several are as near. [C62] */
export function nearWord(words: readonly string[], wrong: string): string | undefined {
  const word = wrong.toLowerCase();
  const near = words.filter((candidate) => isOneSlip(candidate, word));
  return near.length === 1 ? near[0] : undefined;
}

function isOneSlip(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  const restOne = one.slice(start);
  const restOther = other.slice(start);
  const isSwapped = restOne[0] === restOther[1] && restOne[1] === restOther[0];
  return (
    restOne.slice(1) === restOther.slice(1) ||
    restOne.slice(1) === restOther ||
    restOne === restOther.slice(1) ||
    (isSwapped && restOne.slice(2) === restOther.slice(2))
  );
}
