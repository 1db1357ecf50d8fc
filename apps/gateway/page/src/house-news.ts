/** One part of the house as `/readyz` tells it. */
export interface HousePart {
  readonly name: string;
  readonly isWell: boolean;
  /** What it is like, or why it is not well and what to do. */
  readonly text: string;
}

/** What the house says of itself. */
export interface HouseNews {
  readonly parts: readonly HousePart[];
  /** Who thinks behind the reflex: models by name, or the rules. Undefined until it was heard. */
  readonly mind: string | undefined;
  /** Why the orchestrator is not reached; undefined when it is. */
  readonly whyBackIsAway: string | undefined;
}

/** Nothing was heard yet. */
export const noHouseNews: HouseNews = { parts: [], mind: undefined, whyBackIsAway: undefined };

/** Reads the answer of `GET /readyz`; what it does not know in it is passed over. [G33] */
export function readHouseNews(answer: unknown): HouseNews {
  const { checks } = (answer ?? {}) as { readonly checks?: unknown };
  const parts = (Array.isArray(checks) ? (checks as readonly unknown[]) : []).flatMap(toPart);
  const link = parts.find(({ name }) => name === "link");
  const named = (first: string): readonly string[] =>
    parts.flatMap(({ name, isWell }) => (isWell && name.startsWith(first) ? [name.slice(first.length)] : []));
  const front = parts.filter(({ name, isWell, text }) => name === "front model" && isWell && text !== "");
  // Rules plan where no model does, and where none answers.
  const back = [...new Set([...named("model "), ...named("planner ")])];
  const minds = [...front.map(({ text }) => text), ...back];
  return {
    parts,
    mind: minds.length === 0 ? undefined : minds.join(" and "),
    whyBackIsAway: link?.isWell === false ? link.text || "The orchestrator is not reached." : undefined,
  };
}

function toPart(check: unknown): readonly HousePart[] {
  const { name, ok, why, detail } = (check ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof name !== "string" || typeof ok !== "boolean") return [];
  const texts = [detail, why].filter((text) => typeof text === "string" && text !== "");
  return [{ name, isWell: ok, text: texts.join(". ") }];
}
