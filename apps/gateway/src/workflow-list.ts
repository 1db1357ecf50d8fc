import type { Answer } from "@kingly/link";
import type { View } from "@kingly/reflex";
import type { Clock } from "@kingly/runtime";

/** The workflows that the back can start, as last heard. */
export interface WorkflowList {
  known(): View["workflows"];
  /** Whether the back has told its list since the start. */
  isHeard(): boolean;
}

// The one that always ships: a person can plan a project before the back was ever heard.
const shipped = [{ id: "project_planning", name: "Project planning" }];
const freshMs = 30_000;

/** Creates the list. Asking for it never waits: an old list is refreshed behind the answer. [G11] */
export function createWorkflowList(deps: {
  readonly clock: Clock;
  ask(question: string, params: unknown): Promise<Answer>;
}): WorkflowList {
  let list: View["workflows"] = shipped;
  let isHeard = false;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  const refresh = async (): Promise<void> => {
    const answer = await deps.ask("definitions", {});
    if (answer.ok && Array.isArray(answer.value)) {
      list = answer.value.flatMap(toWorkflow);
      isHeard = true;
    } else {
      // An orchestrator that is away is asked again soon.
      askedAtMs = Number.NEGATIVE_INFINITY;
    }
  };
  return {
    known() {
      if (deps.clock.monotonicMs() - askedAtMs > freshMs) {
        askedAtMs = deps.clock.monotonicMs();
        void refresh();
      }
      return list;
    },
    isHeard: () => isHeard,
  };
}

/** Reads one definition; its phrases count only when a run needs nothing that they do not tell. */
function toWorkflow(value: unknown): View["workflows"] {
  const { id, name, triggers, missing } = (value ?? {}) as {
    readonly id?: unknown;
    readonly name?: unknown;
    readonly triggers?: { readonly manual?: unknown };
    readonly missing?: unknown;
  };
  if (typeof id !== "string" || typeof name !== "string") return [];
  const manual =
    Array.isArray(triggers?.manual) && Array.isArray(missing) && missing.length === 0 ? triggers.manual : [];
  return [{ id, name, phrases: manual.filter((phrase) => typeof phrase === "string") }];
}
