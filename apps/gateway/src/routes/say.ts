import { toAnswer } from "@kingly/door";
import type { DoorAnswer, DoorCall } from "@kingly/door";
import { checkUtterance } from "../check-utterance.ts";
import type { Refusal } from "../check-utterance.ts";
import { overloaded, retryAfter } from "../limits/refusals.ts";
import type { TurnBudget } from "../limits/turn-budget.ts";
import type { PersonOf } from "../people.ts";
import type { Workspaces } from "../workspaces.ts";
import { openNamed } from "./named-workspace.ts";

const statusOf: Readonly<Record<Refusal["code"], number>> = {
  invalid_utterance: 400,
  id_reused: 409,
  busy: 503,
  not_recorded: 503,
};

/** Answers `POST /v1/utterances` once the utterance is recorded. [G2] [G3] */
export function createSayRoute(deps: {
  readonly workspaces: Workspaces;
  readonly personOf: PersonOf;
  readonly budget: Pick<TurnBudget, "admit">;
  makeId(): string;
  onAnswered(startedAtMs: number): void;
  readonly nowMs: () => number;
}): (call: DoorCall) => Promise<DoorAnswer> {
  return async (call) => {
    const startedAtMs = deps.nowMs();
    const checked = checkUtterance(call.json, () => deps.makeId());
    if (!checked.ok) return refuse(checked.error);
    if (checked.value.command === undefined && !deps.budget.admit()) return refuse(overloaded);
    const person = deps.personOf(call.who);
    const { workspace } = call.json as { readonly workspace?: unknown };
    const opened = await openNamed(deps.workspaces, workspace, person);
    if (!opened.ok) {
      const { status, code } = opened.refusal;
      return toAnswer({ ...opened.refusal, code: status === 400 ? "invalid_utterance" : code });
    }
    const heard = opened.workspace.say(checked.value, person.name);
    if ("refused" in heard) return refuse(heard.refused);
    const settled = await heard.settle();
    if (!settled.ok) return refuse(settled.error);
    deps.onAnswered(startedAtMs);
    return { status: 200, json: settled.answer };
  };
}

function refuse(error: Refusal): DoorAnswer {
  const { code, message, hint, retryAfterMs } = error;
  const headers = retryAfterMs === undefined ? {} : { headers: retryAfter(retryAfterMs) };
  return toAnswer({ status: statusOf[code], code, message, hint, ...headers });
}
