import type { Log } from "@kingly/runtime";
import type { Unit } from "@kingly/sqlite";

/** Tells listeners that a commit changed their workspace. */
export interface CommitListeners {
  /** Notes that a unit changed a workspace; nobody is told unless its commit stands. */
  noteChange(unit: Unit, workspaceId: string): void;
  subscribe(workspaceId: string, listener: () => void): () => void;
  /** Returns the workspaces that somebody listens to. */
  workspaceIds(): readonly string[];
  /** Tells the listeners of a workspace that another process changed it. */
  tell(workspaceId: string): void;
  /** Calls `work` after each round of telling: our own commits are a good moment to look for those of others. */
  afterTelling(work: () => void): void;
}

/** Creates the listeners. A listener that throws is logged and does not keep the others from being told. [S11] */
export function createCommitListeners(log: Log): CommitListeners {
  let afterTelling = (): void => {};
  const listeners = new Map<string, Set<() => void>>();
  const noted = new WeakMap<Unit, Set<string>>();
  const changed = new Set<string>();

  const tell = (): void => {
    const workspaceIds = [...changed];
    changed.clear();
    for (const workspaceId of workspaceIds) tellOne(workspaceId);
    afterTelling();
  };
  const tellOne = (workspaceId: string): void => {
    for (const listener of listeners.get(workspaceId) ?? []) {
      try {
        listener();
      } catch (thrown) {
        log.error("A listener of the event log threw.", { workspaceId, error: String(thrown) });
      }
    }
  };
  const afterCommit = (workspaceId: string): void => {
    // The units of one commit settle in one turn: the first of them asks for one round of telling.
    if (changed.size === 0) queueMicrotask(tell);
    changed.add(workspaceId);
  };

  return {
    noteChange(unit, workspaceId) {
      const known = noted.get(unit) ?? new Set();
      noted.set(unit, known);
      if (known.has(workspaceId)) return;
      known.add(workspaceId);
      unit.afterCommit(() => afterCommit(workspaceId));
    },
    workspaceIds: () => [...listeners.keys()],
    tell: tellOne,
    afterTelling: (work) => void (afterTelling = work),
    subscribe(workspaceId, listener) {
      const own = listeners.get(workspaceId) ?? new Set();
      listeners.set(workspaceId, own);
      // A wrapper of its own, so that the same function can subscribe twice and end once.
      const entry = (): void => listener();
      own.add(entry);
      return () => {
        own.delete(entry);
        if (own.size === 0 && listeners.get(workspaceId) === own) listeners.delete(workspaceId);
      };
    },
  };
}
