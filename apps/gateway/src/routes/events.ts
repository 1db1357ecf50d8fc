import { toAnswer } from "@kingly/door";
import type { DoorAnswer, DoorCall } from "@kingly/door";
import type { EventStreams } from "@kingly/link";
import { responseToSink } from "@kingly/link/node";
import type { Workspaces } from "../workspaces.ts";
import { openNamed } from "./named-workspace.ts";

/** Answers `GET /v1/events`: the log of a workspace as server-sent events, resumable by `Last-Event-ID`. [G8] */
export function createEventsRoute(deps: {
  readonly workspaces: Workspaces;
  readonly streams: EventStreams;
}): (call: DoorCall) => Promise<DoorAnswer> {
  return async (call) => {
    const query = call.url.searchParams;
    const opened = await openNamed(deps.workspaces, query.get("workspace"));
    if (!opened.ok) return toAnswer(opened.refusal);
    const header = call.request.headers["last-event-id"];
    deps.streams.open(
      opened.workspace.eventLog,
      {
        lastEventId: typeof header === "string" ? header : null,
        after: query.get("after"),
        comments: query.get("comments"),
      },
      responseToSink(call.response),
    );
    return "streamed";
  };
}
