import type { Definition } from "./definition.ts";
import type { Run } from "./run.ts";

/** A run as the former shape of this package wrote it. */
export type FormerRun = Omit<Run, "format" | "depth"> & { readonly format?: undefined; readonly depth?: undefined };

/** A definition as the former shape of this package wrote it. */
export type FormerDefinition = Omit<Definition, "triggers"> & { readonly triggers?: undefined };

/** Reads a stored run of this shape or the former one; one of this shape is returned as it is. [W46] */
export function upgradeRun(stored: Run | FormerRun): Run {
  if (stored.format !== undefined) return stored;
  const { runId, workflowId, version, ...rest } = stored;
  return { ...rest, format: 2, runId, workflowId, version, depth: 0 };
}

/** Reads a stored definition of this shape or the former one; one of this shape is returned as it is. [W46] */
export function upgradeDefinition(stored: Definition | FormerDefinition): Definition {
  if (stored.triggers !== undefined) return stored;
  return { ...stored, triggers: { manual: [], semantic: [] } };
}
