/** What an orchestrator says of itself. */
export interface Readiness {
  /** Who plans: `rules`, or the name of a model; undefined when nobody said. */
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
    const planner = checks.find((check) => check.name.startsWith("planner "))?.name.slice("planner ".length);
    const weakSpots = checks.filter((check) => !check.ok).map((check) => `${check.name}: ${check.why ?? "not well"}`);
    return { planner, weakSpots };
  } catch {
    return { planner: undefined, weakSpots: [] };
  }
}
