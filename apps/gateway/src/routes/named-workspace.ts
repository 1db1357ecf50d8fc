import { isName } from "../check-utterance.ts";
import type { Workspace } from "../workspace.ts";
import type { Workspaces } from "../workspaces.ts";
import type { Refusal } from "@kingly/door";

/** The workspace that is meant when none is named. */
export const defaultWorkspace = "default";

/** Opens the workspace that a caller named, or says why not: a malformed name, or too many that are open. */
export async function openNamed(
  workspaces: Workspaces,
  named: unknown,
): Promise<{ readonly ok: true; readonly workspace: Workspace } | { readonly ok: false; readonly refusal: Refusal }> {
  const name = named ?? defaultWorkspace;
  if (!isName(name)) return { ok: false, refusal: malformed };
  const workspace = workspaces.opened(name) ?? (await workspaces.open(name));
  return workspace === undefined ? { ok: false, refusal: tooMany } : { ok: true, workspace };
}

const malformed: Refusal = {
  status: 400,
  code: "invalid_query",
  message: "The workspace is not of the right form.",
  hint: "Use 1 to 64 letters, digits, _ and -, or leave it out.",
};

const tooMany: Refusal = {
  status: 503,
  code: "busy",
  message: "Too many workspaces are open.",
  hint: "Use one that is open already.",
};
