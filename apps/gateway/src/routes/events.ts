import type { DoorAnswer, DoorCall } from "@kingly/door";
import type { EventStreams } from "@kingly/link";
import { responseToSink } from "@kingly/link/node";
import { isName } from "../check-utterance.ts";
import type { Workspaces } from "../workspaces.ts";
import { defaultWorkspace } from "./say.ts";

/** Answers `GET /v1/events`: the log of a workspace as server-sent events, resumable by `Last-Event-ID`. [G8] */
export function createEventsRoute(deps: {
  readonly workspaces: Workspaces;
  readonly streams: EventStreams;
}): (call: DoorCall) => Promise<DoorAnswer> {
  return async (call) => {
    const query = call.url.searchParams;
    const named = query.get("workspace") ?? defaultWorkspace;
    const workspace = isName(named) ? await deps.workspaces.open(named) : undefined;
    if (workspace === undefined) {
      const error = {
        code: "invalid_query",
        message: "There is no such workspace.",
        hint: "Use 1 to 64 letters, digits, _ and -.",
      };
      return { status: 400, json: { error } };
    }
    const header = call.request.headers["last-event-id"];
    deps.streams.open(
      workspace.eventLog,
      { lastEventId: typeof header === "string" ? header : null, after: query.get("after") },
      responseToSink(call.response),
    );
    return "streamed";
  };
}
