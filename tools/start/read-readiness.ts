/** What an orchestrator says of itself. */
export interface Readiness {
  /** Who thinks: `rules`, or the names of models; undefined when nobody said. */
  readonly planner: string | undefined;
  /** What does not work though the rest does: one sentence each. */
  readonly weakSpots: readonly string[];
}

const withinMs = 1000;

/** Asks the orchestrator how it is. One that gives no answer is simply not known. */
export async function readReadiness(port: number): Promise<Readiness> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(withinMs) });
    const { checks } = (await response.json()) as {
      readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly why?: string }[];
    };
    const named = (first: string): readonly string[] =>
      checks.flatMap(({ name }) => (name.startsWith(first) ? [name.slice(first.length)] : []));
    const models = named("model ");
    const planner = models.length > 0 ? models.join(", ") : named("planner ")[0];
    const weakSpots = checks.filter((check) => !check.ok).map((check) => `${check.name}: ${check.why ?? "not well"}`);
    return { planner, weakSpots };
  } catch {
    return { planner: undefined, weakSpots: [] };
  }
}
