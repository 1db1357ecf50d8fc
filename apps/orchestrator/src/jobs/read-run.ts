import type { JsonValue, Reader, Run as RunRow, Store } from "@kingly/store";
import { upgradeDefinition, upgradeRun } from "@kingly/workflow";
import type { Definition, FormerDefinition, FormerRun, Run } from "@kingly/workflow";

/** A run with its definition, out of its row. */
export interface KnownRun {
  readonly row: RunRow;
  readonly definition: Definition;
  readonly run: Run;
}

/** Reads a run; pass the unit to see what the unit itself has changed. The row holds what this app once wrote. */
export function readRun(store: Store, workspaceId: string, runId: string, reader?: Reader): KnownRun | undefined {
  const row = store.runs.get(workspaceId, runId, reader);
  return row === undefined ? undefined : toKnownRun(row);
}

/** Reads a row of this shape or the former one. */
export function toKnownRun(row: RunRow): KnownRun {
  return { row, definition: toDefinition(row.definition), run: toRun(row.state) };
}

/** Reads the state of a run out of its row, in this shape or the former one. [O11] */
export function toRun(state: JsonValue): Run {
  return upgradeRun(state as unknown as Run | FormerRun);
}

function toDefinition(definition: JsonValue): Definition {
  return upgradeDefinition(definition as unknown as Definition | FormerDefinition);
}

/** Writes a run or a definition as the JSON of its row: both are plain JSON by their own rules, which no type can tell. */
export function toRowJson(value: Run | Definition): JsonValue {
  return value as unknown as JsonValue;
}
