import type { DoorAnswer, DoorCall } from "@kingly/door";
import { isName } from "../check-utterance.ts";
import type { Workspace } from "../workspace.ts";
import type { Workspaces } from "../workspaces.ts";
import { defaultWorkspace } from "./say.ts";

/** What a page needs to begin: the board as it stands and the cursor that continues it. [G12] */
export function snapshotOf(workspace: Workspace): unknown {
  const board = workspace.board();
  const { epoch } = workspace.eventLog.position();
  return {
    epoch,
    seq: board.seq,
    tasks: board.tasks.values(),
    runs: board.runs.values(),
    memories: board.memories.values(),
    turns: board.turns.values().map((turn) => {
      const state = workspace.turns.stateOf(turn.utteranceId);
      return { ...turn, ...(state === undefined ? {} : { state }) };
    }),
    notices: board.notices.values(),
  };
}

/** Answers `GET /v1/board`: the page's snapshot. */
export function createBoardRoute(deps: { readonly workspaces: Workspaces }): (call: DoorCall) => Promise<DoorAnswer> {
  return async (call) => {
    const named = call.url.searchParams.get("workspace") ?? defaultWorkspace;
    const workspace = isName(named) ? await deps.workspaces.open(named) : undefined;
    if (workspace === undefined) {
      const error = {
        code: "invalid_query",
        message: "There is no such workspace.",
        hint: "Use 1 to 64 letters, digits, _ and -.",
      };
      return { status: 400, json: { error } };
    }
    return { status: 200, json: snapshotOf(workspace) };
  };
}
