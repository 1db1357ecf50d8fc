import type { StepStart } from "./advance-result.ts";
import { contentHash } from "./canonical-json.ts";
import type { Compensation, StepDefinition } from "./definition.ts";
import { isJsonObject } from "./json.ts";
import type { StartRef } from "./outcome.ts";
import { parseMoment } from "./parse-moment.ts";
import { resolve, resolveText } from "./resolve.ts";
import type { Resolved, Scope } from "./resolve.ts";
import type { Run, StepError } from "./run.ts";

/** How many runs may stand above a run: a `workflow` step deeper down fails with `nested_too_deep`. [W33] */
export const maxRunDepth = 8;

/** The longest name of a signal in characters. */
export const maxSignalName = 200;

/** Makes the start of one attempt; fails when its references cannot be taken or lead to what cannot be done. [W13] */
export function prepareStart(
  step: StepDefinition,
  run: Run,
  ref: StartRef,
  scope: Scope,
  backoffMs: number,
): Resolved<StepStart> {
  const override = ref.compensates === true ? undefined : run.overrides?.[step.id];
  const action = ref.compensates === true && step.compensate !== undefined ? step.compensate : step;
  const input = override?.input === undefined ? resolve(action.with, scope) : given(override.input);
  if (!input.ok) return input;
  const detail = prepareKind(action, run, input.value, scope, override?.prompt);
  if (!detail.ok) return detail;
  const duration = action.kind === "wait" ? (action.durationMs ?? 0) : 0;
  const start: StepStart = {
    ...ref,
    kind: action.kind,
    delayMs: backoffMs + duration,
    ...(action.timeoutMs === undefined ? {} : { deadlineMs: action.timeoutMs }),
    input: input.value,
    ...(step.name === undefined ? {} : { name: step.name }),
    ...detail.value,
  };
  return given(start);
}

type Detail = Partial<StepStart>;

function prepareKind(
  action: StepDefinition | Compensation,
  run: Run,
  input: StepStart["input"],
  scope: Scope,
  givenPrompt: string | undefined,
): Resolved<Detail> {
  switch (action.kind) {
    case "mcp": {
      const { server, tool, idempotent, readBack } = action;
      if (readBack === undefined) return given({ server, tool, idempotent });
      const asked = resolve(readBack.with, scope);
      if (!asked.ok) return asked;
      const contains = resolveText(readBack.contains, scope);
      if (!contains.ok) return contains;
      return given({
        server,
        tool,
        idempotent,
        readBack: { ...readBack, with: asked.value, contains: contains.value },
      });
    }
    case "model": {
      const prompt = givenPrompt === undefined ? resolveText(action.prompt, scope) : given(givenPrompt);
      return prompt.ok ? given({ prompt: prompt.value }) : prompt;
    }
    case "workflow": {
      if (!isJsonObject(input)) return refuse("wrong_input", `${action.workflow} is given no object of inputs.`);
      const depth = run.depth + 1;
      if (depth <= maxRunDepth) return given({ workflow: action.workflow, depth });
      return refuse("nested_too_deep", `${action.workflow} would be the run below ${maxRunDepth} others.`);
    }
    case "approve": {
      const message = resolveText(action.message, scope);
      if (!message.ok) return message;
      return given({ message: message.value, hash: contentHash({ message: message.value, arguments: input }) });
    }
    case "wait":
      return prepareWait(action, scope);
    default:
      return given({});
  }
}

function prepareWait(step: StepDefinition & { readonly kind: "wait" }, scope: Scope): Resolved<Detail> {
  if (step.until !== undefined) {
    const moment = resolve(step.until, scope);
    if (!moment.ok) return moment;
    const untilMs = parseMoment(moment.value);
    if (untilMs !== undefined) return given({ untilMs });
    return refuse("wrong_moment", `${step.until} is ${cut(JSON.stringify(moment.value))}, which is no moment.`);
  }
  if (step.signal === undefined) return given({});
  const signal = resolveText(step.signal, scope);
  if (!signal.ok) return signal;
  if (signal.value !== "" && signal.value.length <= maxSignalName) return given({ signal: signal.value });
  return refuse("wrong_signal", `The signal's name has ${signal.value.length} characters, not 1 to ${maxSignalName}.`);
}

function given<Value>(value: Value): Resolved<Value> {
  return { ok: true, value };
}

function refuse(code: string, message: string): { readonly ok: false; readonly error: StepError } {
  return { ok: false, error: { code, message } };
}

function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
