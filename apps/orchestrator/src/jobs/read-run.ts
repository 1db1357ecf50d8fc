import type { Run as RunRow, Reader, Store } from "@kingly/store";
import type { Definition, Run } from "@kingly/workflow";

/** A run with its definition, out of its row. */
export interface KnownRun {
  readonly row: RunRow;
  readonly definition: Definition;
  readonly run: Run;
}

/** Reads a run; pass the unit to see what the unit itself has changed. The row holds what this app once wrote. */
export function readRun(store: Store, workspaceId: string, runId: string, reader?: Reader): KnownRun | undefined {
  const row = store.runs.get(workspaceId, runId, reader);
  if (row === undefined) return undefined;
  return { row, definition: row.definition as unknown as Definition, run: row.state as unknown as Run };
}
