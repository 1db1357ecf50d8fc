import { toAnswer } from "@kingly/door";
import type { DoorAnswer, DoorCall } from "@kingly/door";
import type { PersonOf } from "../people.ts";
import type { Snapshots } from "../snapshots.ts";
import type { Workspaces } from "../workspaces.ts";
import { openNamed } from "./named-workspace.ts";

/** Answers `GET /v1/board`: the page's snapshot. */
export function createBoardRoute(deps: {
  readonly workspaces: Workspaces;
  readonly snapshots: Snapshots;
  readonly personOf: PersonOf;
}): (call: DoorCall) => Promise<DoorAnswer> {
  return async (call) => {
    const named = call.url.searchParams.get("workspace");
    const opened = await openNamed(deps.workspaces, named, deps.personOf(call.who));
    return opened.ok ? { status: 200, json: deps.snapshots.of(opened.workspace) } : toAnswer(opened.refusal);
  };
}
