import type { DoorAnswer, DoorCall } from "@kingly/door";
import { isName } from "../check-utterance.ts";
import type { Workspace } from "../workspace.ts";
import type { Workspaces } from "../workspaces.ts";
import { defaultWorkspace } from "./say.ts";

const maxLimit = 200;
const defaultLimit = 50;

// What the back answers with when a question cannot be answered as it was put.
const statusOfCode: Readonly<Record<string, number>> = { not_found: 404, invalid_query: 400, not_supported: 400 };

/** Creates `GET /v1/{things}`: asked of the back; answered from the board, marked stale, when the back is away. [G10] */
export function createListRoute(
  deps: { readonly workspaces: Workspaces },
  question: string,
  fromBoard?: (workspace: Workspace, parameters: ListParameters) => unknown,
): (call: DoorCall) => Promise<DoorAnswer> {
  return async (call) => {
    const read = readParameters(call);
    if (!read.ok) return refuse(400, "invalid_query", read.message, read.hint);
    const workspace = await deps.workspaces.open(read.workspace);
    if (workspace === undefined) {
      return refuse(503, "busy", "Too many workspaces are open.", "Use one that is open already.");
    }
    const answer = await workspace.ask(question, read.parameters);
    if (answer.ok) return { status: 200, json: answer.value };
    const status = statusOfCode[answer.error.code];
    if (status !== undefined) return refuse(status, answer.error.code, answer.error.message, "Look at the parameters.");
    const stale = fromBoard?.(workspace, read.parameters);
    if (stale === undefined) {
      return refuse(
        503,
        "orchestrator_away",
        "The orchestrator does not answer now.",
        "Try again when /readyz says ready.",
      );
    }
    return stale === notFound
      ? refuse(
          404,
          "not_found",
          "There is no such thing that the gateway knows of.",
          "Ask again when /readyz says ready.",
        )
      : { status: 200, json: stale };
  };
}

/** What a board answers with when it knows nothing of the id. */
export const notFound: unique symbol = Symbol("not found");

/** The parameters of a list, checked. */
export interface ListParameters {
  readonly limit: number;
  readonly cursor?: string;
  readonly asOf?: string;
  readonly q?: string;
  readonly id?: string;
}

type Parameters =
  | { readonly ok: true; readonly workspace: string; readonly parameters: ListParameters }
  | { readonly ok: false; readonly message: string; readonly hint: string };

function readParameters(call: DoorCall): Parameters {
  const query = call.url.searchParams;
  const workspace = query.get("workspace") ?? defaultWorkspace;
  if (!isName(workspace)) {
    return {
      ok: false,
      message: "The workspace is not of the right form.",
      hint: "Use 1 to 64 letters, digits, _ and -.",
    };
  }
  const limitText = query.get("limit") ?? String(defaultLimit);
  const limit = Number(limitText);
  if (!/^[0-9]{1,3}$/.test(limitText) || limit < 1 || limit > maxLimit) {
    return {
      ok: false,
      message: `The limit is not a number from 1 to ${maxLimit}.`,
      hint: `Leave it out for ${defaultLimit}.`,
    };
  }
  const optional = (name: "cursor" | "asOf" | "q"): Partial<ListParameters> => {
    const value = query.get(name);
    return value === null ? {} : { [name]: value };
  };
  const id = call.params["id"];
  return {
    ok: true,
    workspace,
    parameters: {
      limit,
      ...optional("cursor"),
      ...optional("asOf"),
      ...optional("q"),
      ...(id === undefined ? {} : { id }),
    },
  };
}

function refuse(status: number, code: string, message: string, hint: string): DoorAnswer {
  return { status, json: { error: { code, message, hint } } };
}
