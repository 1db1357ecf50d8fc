import type { OperationError } from "../../operation.ts";
import { toCallError } from "../../to-call-error.ts";
import type { Server } from "../server.ts";
import type { ServerStatus } from "../server-state.ts";
import { invalidCallback } from "./authorization-errors.ts";

/** How a consent ended: the server that it was for and where it stands now; or why there is no token. */
export type AuthorizationEnd =
  | { readonly ok: true; readonly server: string; readonly status: ServerStatus }
  | { readonly ok: false; readonly server?: string; readonly error: OperationError };

const maxLength = 10_000;

/** Finds the server that an answer is for, by its state, gets the token, and connects where it is not. [M46] */
export async function finishAuthorization(
  servers: readonly (readonly [string, Server])[],
  callback: string,
): Promise<AuthorizationEnd> {
  const answer = callback.length > maxLength ? new URLSearchParams() : readQuery(callback);
  for (const [name, server] of servers) {
    const entry = server.expanded();
    if (entry === undefined || !(await server.authorization.isAskedBy(entry, answer.get("state") ?? ""))) continue;
    try {
      await server.authorization.finish(entry, answer);
    } catch (cause) {
      const { code, message, hint } = server.safe(toCallError(name, cause));
      return { ok: false, server: name, error: { code, message, hint } };
    }
    // The token is there; what the server says to it is told by its state.
    await server.reach().catch(() => {});
    return { ok: true, server: name, status: server.state().status };
  }
  const { code, message, hint } = invalidCallback("its state is unknown");
  return { ok: false, error: { code, message, hint } };
}

function readQuery(callback: string): URLSearchParams {
  return URL.parse(callback)?.searchParams ?? new URLSearchParams(callback.slice(callback.indexOf("?") + 1));
}
