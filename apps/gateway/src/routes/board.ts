import { toAnswer } from "@kingly/door";
import type { DoorAnswer, DoorCall } from "@kingly/door";
import type { Workspace } from "../workspace.ts";
import type { Workspaces } from "../workspaces.ts";
import { openNamed } from "./named-workspace.ts";

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
    const opened = await openNamed(deps.workspaces, call.url.searchParams.get("workspace"));
    return opened.ok ? { status: 200, json: snapshotOf(opened.workspace) } : toAnswer(opened.refusal);
  };
}
