import type { Answer } from "@kingly/link";
import type { Clock } from "@kingly/runtime";

/** The workflows that the back can start, as last heard. */
export interface WorkflowList {
  known(): readonly { readonly id: string; readonly name: string }[];
}

// The one that always ships: a person can plan a project before the back was ever heard.
const shipped = [{ id: "project_planning", name: "Project planning" }];
const freshMs = 30_000;

/** Creates the list. Asking for it never waits: an old list is refreshed behind the answer. [G11] */
export function createWorkflowList(deps: {
  readonly clock: Clock;
  ask(question: string, params: unknown): Promise<Answer>;
}): WorkflowList {
  let list: readonly { readonly id: string; readonly name: string }[] = shipped;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  const refresh = async (): Promise<void> => {
    const answer = await deps.ask("definitions", {});
    if (answer.ok && Array.isArray(answer.value)) list = answer.value.filter(isWorkflow);
    // An orchestrator that is away is asked again soon.
    else askedAtMs = Number.NEGATIVE_INFINITY;
  };
  return {
    known() {
      if (deps.clock.monotonicMs() - askedAtMs > freshMs) {
        askedAtMs = deps.clock.monotonicMs();
        void refresh();
      }
      return list;
    },
  };
}

function isWorkflow(value: unknown): value is { readonly id: string; readonly name: string } {
  const { id, name } = (value ?? {}) as { readonly id?: unknown; readonly name?: unknown };
  return typeof id === "string" && typeof name === "string";
}
