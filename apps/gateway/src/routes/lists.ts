import { toAnswer } from "@kingly/door";
import type { DoorAnswer, DoorCall, Refusal } from "@kingly/door";
import { visibleTo } from "../people.ts";
import type { PersonOf } from "../people.ts";
import type { Workspace } from "../workspace.ts";
import type { Workspaces } from "../workspaces.ts";
import { openNamed } from "./named-workspace.ts";

const times = ["asOf", "validAt", "believedAt"] as const;
const maxLimit = 200;
const defaultLimit = 50;

// What the back answers with when a question cannot be answered as it was put.
const statusOfCode: ReadonlyMap<string, number> = new Map([
  ["not_found", 404],
  ["invalid_query", 400],
  ["not_supported", 400],
]);

/** Creates `GET /v1/{things}`: asked of the back; answered from the board, marked stale, when the back is away. [G10] */
export function createListRoute(
  deps: { readonly workspaces: Workspaces; readonly personOf: PersonOf },
  question: string,
  fromBoard?: (workspace: Workspace, parameters: ListParameters) => unknown,
): (call: DoorCall) => Promise<DoorAnswer> {
  return async (call) => {
    const read = readParameters(call);
    if (!read.ok) return toAnswer({ status: 400, code: "invalid_query", message: read.message, hint: read.hint });
    const person = deps.personOf(call.who);
    const opened = await openNamed(deps.workspaces, call.url.searchParams.get("workspace"), person);
    if (!opened.ok) return toAnswer(opened.refusal);
    const { parameters } = read;
    const answer = await opened.workspace.ask(question, parameters);
    if (answer.ok) return { status: 200, json: visibleTo(person, question, answer.value) };
    const { code, message } = answer.error;
    const status = statusOfCode.get(code);
    if (status !== undefined) return toAnswer({ status, code, message, hint: "Look at the parameters." });
    // The board knows no past, and the cursors of the back mean nothing to it.
    const isPast = times.some((name) => parameters[name] !== undefined);
    const stale = isPast || parameters.cursor !== undefined ? undefined : fromBoard?.(opened.workspace, parameters);
    if (stale === undefined) return toAnswer(isPast ? pastIsAway : away);
    return stale === notFound ? toAnswer(unknownToBoard) : { status: 200, json: stale };
  };
}

const away: Refusal = {
  status: 503,
  code: "orchestrator_away",
  message: "The orchestrator does not answer now.",
  hint: "Try again when /readyz says ready.",
};

const pastIsAway: Refusal = {
  ...away,
  message: "Only the orchestrator knows the past, and it does not answer now.",
  hint: "Try again when /readyz says ready, or ask without asOf, validAt and believedAt for what was seen last.",
};

const unknownToBoard: Refusal = {
  status: 404,
  code: "not_found",
  message: "There is no such thing that the gateway knows of.",
  hint: "Ask again when /readyz says ready.",
};

/** What a board answers with when it knows nothing of the id. */
export const notFound: unique symbol = Symbol("not found");

/** The parameters of a list, checked. */
export interface ListParameters {
  readonly limit: number;
  readonly cursor?: string;
  /** A time for both axes, or one for each: what is asked about, and what was believed. */
  readonly asOf?: string;
  readonly validAt?: string;
  readonly believedAt?: string;
  readonly q?: string;
  readonly id?: string;
}

type Parameters =
  | { readonly ok: true; readonly parameters: ListParameters }
  | { readonly ok: false; readonly message: string; readonly hint: string };

function readParameters(call: DoorCall): Parameters {
  const query = call.url.searchParams;
  const limitText = query.get("limit") ?? String(defaultLimit);
  const limit = Number(limitText);
  if (!/^[0-9]{1,3}$/.test(limitText) || limit < 1 || limit > maxLimit) {
    return {
      ok: false,
      message: `The limit is not a number from 1 to ${maxLimit}.`,
      hint: `Leave it out for ${defaultLimit}.`,
    };
  }
  const optional = (name: "cursor" | "q" | (typeof times)[number]): Partial<ListParameters> => {
    const value = query.get(name);
    return value === null ? {} : { [name]: value };
  };
  const id = call.params["id"];
  return {
    ok: true,
    parameters: {
      limit,
      ...optional("cursor"),
      ...optional("asOf"),
      ...optional("validAt"),
      ...optional("believedAt"),
      ...optional("q"),
      ...(id === undefined ? {} : { id }),
    },
  };
}
