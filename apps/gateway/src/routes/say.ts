import type { DoorAnswer, DoorCall } from "@kingly/door";
import { checkUtterance, isName } from "../check-utterance.ts";
import type { Refusal } from "../check-utterance.ts";
import type { Workspaces } from "../workspaces.ts";

const statusOf: Readonly<Record<Refusal["code"], number>> = {
  invalid_utterance: 400,
  id_reused: 409,
  busy: 503,
  not_recorded: 503,
};

/** The workspace that is meant when none is named. */
export const defaultWorkspace = "default";

/** Answers `POST /v1/utterances` once the utterance is recorded. [G2] [G3] */
export function createSayRoute(deps: {
  readonly workspaces: Workspaces;
  makeId(): string;
  onAnswered(startedAtMs: number): void;
  readonly nowMs: () => number;
}): (call: DoorCall) => Promise<DoorAnswer> {
  return async (call) => {
    const startedAtMs = deps.nowMs();
    const checked = checkUtterance(call.json, () => deps.makeId());
    if (!checked.ok) return refuse(checked.error);
    const named = (call.json as { readonly workspace?: unknown }).workspace ?? defaultWorkspace;
    if (!isName(named)) {
      return refuse({
        code: "invalid_utterance",
        message: "The workspace is not of the right form.",
        hint: "Use 1 to 64 letters, digits, _ and -, or leave it out.",
      });
    }
    const workspace = await deps.workspaces.open(named);
    if (workspace === undefined) {
      return refuse({ code: "busy", message: "Too many workspaces are open.", hint: "Use one that is open already." });
    }
    const heard = workspace.say(checked.value);
    if ("refused" in heard) return refuse(heard.refused);
    const settled = await heard.settled;
    if (!settled.ok) return refuse(settled.error);
    deps.onAnswered(startedAtMs);
    return { status: 200, json: settled.answer };
  };
}

function refuse(error: Refusal): DoorAnswer {
  return { status: statusOf[error.code], json: { error } };
}
