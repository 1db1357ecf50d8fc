/** What a Claude model takes, by its name. */
export interface AnthropicTraits {
  /** Whether it decides by itself how much it thinks, and is told how hard to. */
  readonly isAdaptive: boolean;
}

/** Reads the traits of a model from its name: adaptive thinking and effort came with 4.6. [L17]
 *
 * A name that says no generation takes neither: a parameter that a model does not know is an error there. */
export function anthropicTraits(model: string): AnthropicTraits {
  // A date behind the name is no generation: "claude-sonnet-4-20250514" is 4.0.
  const found = /claude-[a-z]+-(\d{1,2})(?!\d)(?:-(\d{1,2})(?!\d))?/.exec(model);
  return { isAdaptive: found !== null && Number(found[1]) + Number(found[2] ?? 0) / 100 >= 4.06 };
}
