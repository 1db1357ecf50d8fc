// What a person did two months ago counts a quarter of what they did today.
const halfLifeMs = 30 * 86_400_000;

/** What is left of a weight after some time; half of it after 30 days. [O71] */
export function decayed(weight: number, ageMs: number): number {
  return weight * 0.5 ** (Math.max(0, ageMs) / halfLifeMs);
}
