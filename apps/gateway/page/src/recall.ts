/** Which utterance of the past stands in the composer: 1 is the last one, undefined is none. */
export type RecallPlace = number | undefined;

/** Steps through what was said: `older` or `newer`. At the oldest it stays; newer than the last is none. */
export function recallStep(said: readonly string[], place: RecallPlace, to: "older" | "newer"): RecallPlace {
  const next = (place ?? 0) + (to === "older" ? 1 : -1);
  if (next <= 0) return undefined;
  const last = Math.min(next, said.length);
  return last === 0 ? undefined : last;
}

/** Returns the text at a place, or an empty one. */
export function recalled(said: readonly string[], place: RecallPlace): string {
  return place === undefined ? "" : (said.at(-place) ?? "");
}
