import type { Clock, Random } from "@kingly/runtime";
import type { Database, Unit } from "@kingly/sqlite";
import { archiveVersion } from "./archive-version.ts";
import { atomically } from "./atomically.ts";
import { checkText, checkWorkspaceId } from "./check-value.ts";
import { createEpoch } from "./event-log.ts";
import { insertRow, updateRow } from "./row-statements.ts";
import type { Reader } from "./reader.ts";
import type { WorkspaceRow } from "./store-tables.ts";

/** A workspace with the position of its log. */
export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly path: string | null;
  readonly epoch: string;
  readonly headSeq: number;
  readonly lowSeq: number;
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What `ensure` makes or brings up to date. A field that is left out keeps its value. */
export interface WorkspaceInput {
  /** 1 to 64 letters, digits, `_ . -`, beginning with a letter or digit. */
  readonly id: string;
  /** 1 to 256 characters. @default the id */
  readonly name?: string;
  /** Where its files are, up to 4,096 characters. */
  readonly path?: string;
}

/** The workspaces of one file. */
export interface Workspaces {
  /** Makes the workspace when it is missing; another name or path is a new version. Writes no event. [S5] */
  ensure(unit: Unit, input: WorkspaceInput): Workspace;
  get(id: string, reader?: Reader): Workspace | undefined;
  /** Returns all workspaces, oldest first. */
  list(): readonly Workspace[];
}

/** Creates the workspaces over the store's tables. */
export function createWorkspaces(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
}): Workspaces {
  const read = (reader: Reader, id: string): WorkspaceRow | undefined =>
    reader.get<WorkspaceRow>("SELECT * FROM workspaces WHERE id = ?", id);

  return {
    ensure(unit, input) {
      checkWorkspaceId(input.id);
      if (input.name !== undefined) checkText(input.name, "name", 1, 256);
      if (input.path !== undefined) checkText(input.path, "path", 1, 4096);
      const present = read(unit, input.id);
      if (present === undefined) {
        const atMs = deps.clock.nowMs();
        insertRow(unit, "workspaces", {
          id: input.id,
          name: input.name ?? input.id,
          path: input.path ?? null,
          epoch: createEpoch(deps.random),
          created_at: atMs,
          updated_at: atMs,
          valid_from: atMs,
          sys_from: atMs,
        });
      } else {
        const name = input.name ?? present.name;
        const path = input.path ?? present.path;
        if (name !== present.name || path !== present.path) {
          const atMs = Math.max(deps.clock.nowMs(), present.sys_from);
          atomically(unit, () => {
            archiveVersion(unit, "workspaces", present.row_id, atMs);
            const version = present.version + 1;
            const times = { updated_at: atMs, valid_from: atMs, sys_from: atMs };
            updateRow(unit, "workspaces", present.row_id, { name, path, version, ...times });
          });
        }
      }
      return toWorkspace(read(unit, input.id) as WorkspaceRow);
    },
    get(id, reader = deps.database) {
      const row = read(reader, id);
      return row === undefined ? undefined : toWorkspace(row);
    },
    list: () =>
      deps.database.all<WorkspaceRow>("SELECT * FROM workspaces ORDER BY row_id").map((row) => toWorkspace(row)),
  };
}

function toWorkspace(row: WorkspaceRow): Workspace {
  return {
    id: row.id,
    name: row.name,
    path: row.path,
    epoch: row.epoch,
    headSeq: row.head_seq,
    lowSeq: row.low_seq,
    version: row.version,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
  };
}
