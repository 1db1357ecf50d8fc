import { isWorkspaceName } from "../check-utterance.ts";
import { mayEnter, owner } from "../people.ts";
import type { Person } from "../people.ts";
import type { Workspace } from "../workspace.ts";
import type { Workspaces } from "../workspaces.ts";
import type { Refusal } from "@kingly/door";

/** The workspace that is meant when none is named. */
export const defaultWorkspace = "default";

/** Opens the workspace that a caller named, or says why not: a malformed name, one that this person may not enter, or
 * too many that are open. Without a name it is `default`, or the first that the person may enter. [G24] */
export async function openNamed(
  workspaces: Workspaces,
  named: unknown,
  person: Person = owner,
): Promise<{ readonly ok: true; readonly workspace: Workspace } | { readonly ok: false; readonly refusal: Refusal }> {
  const own = mayEnter(person, defaultWorkspace) ? defaultWorkspace : person.workspaces?.values().next().value;
  const name = named ?? own ?? defaultWorkspace;
  if (!isWorkspaceName(name)) return { ok: false, refusal: malformed };
  if (!mayEnter(person, name)) return { ok: false, refusal: notAllowed };
  const workspace = workspaces.opened(name) ?? (await workspaces.open(name));
  return workspace === undefined ? { ok: false, refusal: tooMany } : { ok: true, workspace };
}

const malformed: Refusal = {
  status: 400,
  code: "invalid_query",
  message: "The workspace is not of the right form.",
  hint: "Use 1 to 64 letters, digits, _ and -, a letter or digit first, or leave it out.",
};

// The same for a workspace that exists and for one that does not.
const notAllowed: Refusal = {
  status: 403,
  code: "workspace_refused",
  message: "This token does not open that workspace.",
  hint: "Use one that it opens, or ask the owner of this Kingly.",
};

const tooMany: Refusal = {
  status: 503,
  code: "busy",
  message: "Too many workspaces are open.",
  hint: "Use one that is open already.",
};
