import { toAnswer } from "@kingly/door";
import type { DoorAnswer, DoorCall, Refusal } from "@kingly/door";
import type { HttpSockets } from "@kingly/link/node";
import type { JoinLink } from "../join-link.ts";
import type { ConnectionCaps } from "../limits/connection-caps.ts";
import { tooManyConnections, tooManyRequests } from "../limits/refusals.ts";
import type { PersonOf } from "../people.ts";
import type { Workspaces } from "../workspaces.ts";
import { openNamed } from "./named-workspace.ts";

/** Answers `GET /v1/stream`: the link of a workspace over plain HTTP, for pages whose WebSockets do not pass. [G63] */
export function createStreamRoute(deps: {
  readonly workspaces: Workspaces;
  readonly personOf: PersonOf;
  readonly caps: ConnectionCaps;
  readonly httpSockets: HttpSockets;
  readonly joinLink: JoinLink;
}): (call: DoorCall) => Promise<DoorAnswer> {
  return async ({ url, who, response, signal }) => {
    const person = deps.personOf(who);
    const opened = await openNamed(deps.workspaces, url.searchParams.get("workspace"), person);
    if (!opened.ok) return toAnswer(opened.refusal);
    // Who left while the workspace was opened will not leave again: a place taken now would never be free.
    if (signal.aborted) return "streamed";
    const leave = deps.caps.open(who);
    if (leave === undefined) return toAnswer(tooManyConnections);
    response.once("close", leave);
    response.once("close", deps.joinLink(deps.httpSockets.open(response, who), who, person, opened.workspace));
    return "streamed";
  };
}

/** Answers `POST /v1/stream/:socket`: takes one frame of the link, from whoever opened the stream. [G63] */
export function createFrameRoute(httpSockets: HttpSockets): (call: DoorCall) => Promise<DoorAnswer> {
  return async ({ params, who, json }) => {
    const outcome = await httpSockets.post(params["socket"] ?? "", who, JSON.stringify(json));
    if (outcome === "taken") return { status: 204 };
    return toAnswer(outcome === "busy" ? tooManyRequests(busyMs) : unknownSocket);
  };
}

const busyMs = 1_000;

const unknownSocket: Refusal = {
  status: 404,
  code: "unknown_stream",
  message: "There is no such stream of yours, or no more.",
  hint: "Open GET /v1/stream and post to the id that it tells.",
};
