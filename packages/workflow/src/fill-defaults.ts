import type {
  Compensation,
  Definition,
  Foreach,
  McpAction,
  ModelAction,
  RetryPolicy,
  StepDefinition,
  TaskAction,
  WorkflowAction,
} from "./definition.ts";
import type { WrittenAction, WrittenDefinition, WrittenStep } from "./written-definition.ts";

const noRetry: RetryPolicy = { maxAttempts: 1, backoffMs: 1000, factor: 2, maxBackoffMs: 60_000 };
const retryDefaults: RetryPolicy = { ...noRetry, maxAttempts: 3 };

/** Fills in every default of a definition that has been checked. [W11] */
export function fillDefaults(written: WrittenDefinition): Definition {
  return {
    id: written.id,
    name: written.name,
    version: written.version ?? 1,
    ...(written.description === undefined ? {} : { description: written.description }),
    triggers: {
      manual: written.triggers?.manual ?? [],
      semantic: written.triggers?.semantic ?? [],
      ...(written.triggers?.schedule === undefined ? {} : { schedule: written.triggers.schedule }),
    },
    inputs: written.inputs ?? {},
    steps: written.steps.map(fillStep),
    outputs: written.outputs ?? {},
  };
}

function fillStep(step: WrittenStep): StepDefinition {
  const base = {
    id: step.id,
    ...(step.name === undefined ? {} : { name: step.name }),
    needs: step.needs ?? [],
    ...(step.when === undefined ? {} : { when: step.when }),
    ...(step.foreach === undefined ? {} : { foreach: fillForeach(step.foreach) }),
    ...fillTries(step),
    ...(step.stepTimeoutMs === undefined ? {} : { stepTimeoutMs: step.stepTimeoutMs }),
    onFailure: step.onFailure ?? "fail",
    ...(step.compensate === undefined
      ? {}
      : { compensate: { ...fillTries(step.compensate), ...fillAction(step.compensate) } satisfies Compensation }),
  } as const;
  if (step.kind === "approve") {
    const { message = "", onTimeout, onReject = "fail" } = step;
    const decided = onTimeout === "approve" || onTimeout === "reject" ? onTimeout : "fail";
    return { ...base, kind: "approve", message, onTimeout: decided, onReject };
  }
  if (step.kind !== "wait") return { ...base, ...fillAction(step) };
  const { durationMs, until, signal, onTimeout } = step;
  return {
    ...base,
    kind: "wait",
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(until === undefined ? {} : { until }),
    ...(signal === undefined ? {} : { signal, onTimeout: onTimeout === "continue" ? "continue" : "fail" }),
  };
}

function fillTries(action: WrittenAction): Pick<Compensation, "with" | "retry" | "timeoutMs"> {
  return {
    with: action.with ?? {},
    retry: action.retry === undefined ? noRetry : { ...retryDefaults, ...action.retry },
    ...(action.timeoutMs === undefined ? {} : { timeoutMs: action.timeoutMs }),
  };
}

function fillForeach(foreach: NonNullable<WrittenStep["foreach"]>): Foreach {
  const { in: list, maxItems, concurrency = 1, onItemFailure = "fail" } = foreach;
  return { in: list, maxItems, concurrency, onItemFailure };
}

// The keys of each kind have been checked: the fallbacks are for the compiler only.
function fillAction(action: WrittenAction): McpAction | ModelAction | TaskAction | WorkflowAction {
  const { kind, server = "", tool = "", idempotent = false, readBack, prompt = "", workflow = "" } = action;
  if (kind === "mcp") {
    const looks = readBack === undefined ? {} : { readBack: { server, with: {}, ...readBack } };
    return { kind, server, tool, idempotent, ...looks };
  }
  if (kind === "model") return { kind, prompt };
  return kind === "workflow" ? { kind, workflow } : { kind: "task" };
}
