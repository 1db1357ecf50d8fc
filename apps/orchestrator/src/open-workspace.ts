import type { Back } from "./back.ts";

/** Whether a workspace may be worked in, and why not, as an HTTP answer says it. */
export type WorkspaceOpening =
  | { readonly ok: true }
  | { readonly ok: false; readonly status: 400 | 507; readonly message: string };

// The form that the store asks for, and the gateway's limit of length.
const workspaceForm = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

// Each costs a log object and a row for ever: a client that invents names must come to an end.
const maxWorkspaces = 1000;

/** Makes the workspace when it is new. Refuses names of another form, and more than 1,000 workspaces. [O20] */
export async function openWorkspace(back: Back, workspaceId: string): Promise<WorkspaceOpening> {
  if (!workspaceForm.test(workspaceId)) {
    const message = "A workspace is 1 to 64 letters, digits, _ and -, beginning with a letter or digit.";
    return { ok: false, status: 400, message };
  }
  return back.database.write((unit): WorkspaceOpening => {
    const { workspaces } = back.store;
    if (workspaces.get(workspaceId, unit) !== undefined) return { ok: true };
    const count = unit.get<{ workspaces: number }>("SELECT count(*) AS workspaces FROM workspaces")?.workspaces ?? 0;
    if (count >= maxWorkspaces) {
      return { ok: false, status: 507, message: `There are ${count} workspaces already; use one of them.` };
    }
    workspaces.ensure(unit, { id: workspaceId });
    return { ok: true };
  });
}
