import { toAnswer } from "@kingly/door";
import type { DoorAnswer, DoorCall } from "@kingly/door";
import type { EventStreams } from "@kingly/link";
import { responseToSink } from "@kingly/link/node";
import type { ConnectionCaps } from "../limits/connection-caps.ts";
import { tooManyConnections } from "../limits/refusals.ts";
import type { PersonOf } from "../people.ts";
import type { Workspaces } from "../workspaces.ts";
import { openNamed } from "./named-workspace.ts";

/** Answers `GET /v1/events`: the log of a workspace as server-sent events, resumable by `Last-Event-ID`. [G8] */
export function createEventsRoute(deps: {
  readonly workspaces: Workspaces;
  readonly personOf: PersonOf;
  readonly caps: ConnectionCaps;
  readonly streams: EventStreams;
}): (call: DoorCall) => Promise<DoorAnswer> {
  return async (call) => {
    const query = call.url.searchParams;
    const opened = await openNamed(deps.workspaces, query.get("workspace"), deps.personOf(call.who));
    if (!opened.ok) return toAnswer(opened.refusal);
    // Who left while the workspace was opened will not leave again: a place taken now would never be free.
    if (call.signal.aborted) return "streamed";
    const leave = deps.caps.open(call.who);
    if (leave === undefined) return toAnswer(tooManyConnections);
    call.response.once("close", leave);
    const header = call.request.headers["last-event-id"];
    deps.streams.open(
      opened.workspace.eventLog,
      {
        lastEventId: typeof header === "string" ? header : null,
        after: query.get("after"),
      },
      responseToSink(call.response),
    );
    return "streamed";
  };
}
