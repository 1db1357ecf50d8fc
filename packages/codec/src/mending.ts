import type { DiagnosticCode } from "./diagnostic.ts";
import type { Words } from "./explain.ts";
import type { Edit, RepairCode } from "./repair.ts";

/** Why a line is not mended: where it has more than one meaning, or none. */
export interface Doubt extends Words {
  readonly code: DiagnosticCode;
  readonly index: number;
}

/** A line being mended. A `failure` ends it: the line has more than one meaning there. */
export interface Mending {
  readonly line: string;
  index: number;
  readonly edits: Edit[];
  failure: Doubt | undefined;
  /** The line stood in a bracket that was closed, so objects left open at its end can only end there. */
  readonly isBracketed: boolean;
}

/** Notes that the units from `start` to `end` become `to`. */
export function edit(mending: Mending, code: RepairCode, start: number, end: number, to: string): void {
  mending.edits.push({ code, start, end, to });
}

/** Steps over raw spaces and takes them out. */
export function dropSpaces(mending: Mending): void {
  const { line, index } = mending;
  while (line.charCodeAt(mending.index) === 0x20) mending.index += 1;
  if (mending.index > index) edit(mending, "spaces", index, mending.index, "");
}
