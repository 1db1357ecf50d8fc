import type { Workspace } from "./workspace.ts";

/** The workspaces that are open, opened on first use. */
export interface Workspaces {
  /** Gives the workspace when it is open already: without a wait, for the hot path. */
  opened(id: string): Workspace | undefined;
  /** Opens it; undefined when too many are open. */
  open(id: string): Promise<Workspace | undefined>;
  all(): readonly Workspace[];
  close(): void;
}

/** How many workspaces one gateway keeps open. */
export const maxWorkspaces = 64;

/** Creates the collection over a function that opens one. A workspace is opened once, however many ask for it. */
export function createWorkspaces(open: (id: string) => Promise<Workspace>): Workspaces {
  const opened = new Map<string, Workspace>();
  const opening = new Map<string, Promise<Workspace>>();
  return {
    opened: (id) => opened.get(id),
    async open(id) {
      const known = opening.get(id);
      if (known !== undefined) return known;
      if (opening.size >= maxWorkspaces) return undefined;
      const promise = open(id);
      opening.set(id, promise);
      try {
        const workspace = await promise;
        opened.set(id, workspace);
        return workspace;
      } catch (thrown) {
        opening.delete(id);
        throw thrown;
      }
    },
    all: () => [...opened.values()],
    close() {
      for (const workspace of opened.values()) workspace.close();
    },
  };
}
