import type { Random } from "@kingly/runtime";
import type { Unit } from "@kingly/sqlite";
import { momentOf } from "./as-of.ts";
import type { AsOf, ReadFrom, Sight } from "./as-of.ts";
import { atomically } from "./atomically.ts";
import { workspaceBeliefs } from "./belief-tables.ts";
import { assertBelief, lastVersion } from "./beliefs.ts";
import type { Cause } from "./cause.ts";
import { checkText, checkWorkspaceId } from "./check-value.ts";
import { createEpoch } from "./event-log.ts";
import type { EventLog } from "./event-log.ts";
import { forever } from "./forever.ts";
import { heldMany, heldOne } from "./held.ts";
import type { Reader } from "./reader.ts";
import type { WorkspaceRow } from "./store-tables.ts";
import { createWorkspaceLinks } from "./workspace-links.ts";
import type { LinkEnds, LinkGrant, WorkspaceLink } from "./workspace-links.ts";

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
  /** Returns what holds now, or as of a moment; epoch and position of the log are those of now. [S34] */
  get(id: string, from?: ReadFrom): Workspace | undefined;
  /** Returns all workspaces, oldest first; as of a moment, those that were there. [S35] */
  list(options?: { readonly asOf?: AsOf }): readonly Workspace[];
  /** Lets one workspace name the tasks of another, with `link_granted` in the log of the one that grants. [S44]
   *
   * Returns false when it may already. Throws StoreError UNKNOWN_WORKSPACE. */
  grantLink(unit: Unit, link: LinkGrant, cause: Cause): boolean;
  /** Takes the link back, and ends the relationships that stand on it, in the same unit. False when there is none. [S44] */
  revokeLink(unit: Unit, link: LinkEnds, cause: Cause): boolean;
  /** Returns the links that a workspace has granted or been granted, oldest first. [S44] */
  links(workspaceId: string, from?: ReadFrom): readonly WorkspaceLink[];
}

/** Creates the workspaces over the store's tables. */
export function createWorkspaces(deps: Sight & { readonly random: Random; readonly events: EventLog }): Workspaces {
  const links = createWorkspaceLinks(deps);
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
        const told = { name: input.name ?? input.id, path: input.path ?? null, epoch: createEpoch(deps.random) };
        const times = { created_at: atMs, updated_at: atMs };
        const interval = { fromMs: atMs, toMs: forever };
        assertBelief(unit, workspaceBeliefs, { id: input.id }, { ...told, ...times }, interval, atMs);
      } else {
        const name = input.name ?? present.name;
        const path = input.path ?? present.path;
        if (name !== present.name || path !== present.path) {
          const atMs = Math.max(deps.clock.nowMs(), present.sys_from, present.head_at);
          atomically(unit, () => {
            const thing = { id: input.id };
            const version = lastVersion(unit, workspaceBeliefs, thing) + 1;
            const told = { ...present, name, path, version, updated_at: atMs };
            assertBelief(unit, workspaceBeliefs, thing, told, { fromMs: atMs, toMs: forever }, atMs);
            deps.events.noteChange(unit, input.id, atMs);
          });
        }
      }
      return toWorkspace(read(unit, input.id) as WorkspaceRow);
    },
    get(id, from) {
      const row = heldOne<WorkspaceRow>(deps, workspaceBeliefs, { id }, from);
      return row === undefined ? undefined : toWorkspace(row);
    },
    list(options = {}) {
      const { database } = deps;
      if (options.asOf === undefined) {
        return database.all<WorkspaceRow>("SELECT * FROM workspaces ORDER BY row_id").map((row) => toWorkspace(row));
      }
      const moment = momentOf(deps, database, "", options.asOf);
      const held = heldMany<WorkspaceRow>(database, workspaceBeliefs, { moment, isNow: false, limit: -1 });
      return held.toSorted((left, right) => left.row_id - right.row_id).map((row) => toWorkspace(row));
    },
    ...links,
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
