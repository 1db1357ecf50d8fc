import type { Unit } from "@kingly/sqlite";
import type { AsOf, ReadFrom, Sight } from "./as-of.ts";
import { atomically } from "./atomically.ts";
import { projectBeliefs } from "./belief-tables.ts";
import { assertBelief, lastVersion, patchBeliefs } from "./beliefs.ts";
import type { Thing } from "./beliefs.ts";
import type { Cause } from "./cause.ts";
import { checkId, checkText, refused } from "./check-value.ts";
import type { EventLog } from "./event-log.ts";
import { forever } from "./forever.ts";
import { heldOne, heldPage } from "./held.ts";
import { changeInterval } from "./interval.ts";
import type { Validity } from "./interval.ts";
import { canonicalJson } from "./json.ts";
import type { JsonLimits, JsonObject } from "./json.ts";
import type { Page, PageOptions } from "./page.ts";
import type { Result } from "./result.ts";
import { retractThing } from "./retract-thing.ts";
import type { ProjectRow } from "./store-tables.ts";

/** A project of a workspace. */
export interface Project {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly description: string | null;
  readonly path: string | null;
  readonly status: string;
  readonly metadata: JsonObject;
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What a project is made of. */
export interface ProjectInput {
  readonly id: string;
  readonly workspaceId: string;
  /** 1 to 256 characters. */
  readonly name: string;
  readonly description?: string;
  readonly path?: string;
  readonly metadata?: JsonObject;
}

/** What of a project can change; null takes a text back. */
export interface ProjectPatch {
  /** 1 to 256 characters. */
  readonly name?: string;
  /** Up to 65,536 characters. */
  readonly description?: string | null;
  /** Up to 4,096 characters. */
  readonly path?: string | null;
  readonly status?: "active" | "archived";
  /** Replaced as a whole. */
  readonly metadata?: JsonObject;
}

/** The projects of all workspaces; every call names its workspace. */
export interface Projects {
  /** Creates a project and its event `project_described`. The same id again returns the present one unchanged. [S5] */
  create(unit: Unit, input: ProjectInput, cause: Cause): Project;
  /** Changes fields: a new version and `project_described`. Equal values change nothing. [S31] */
  update(
    unit: Unit,
    workspaceId: string,
    id: string,
    patch: ProjectPatch & Validity,
    cause: Cause,
  ): Result<Project, "not_found">;
  /** Ends what is believed of the project in the interval (from now on, unless told otherwise). False when nothing was. [S32] */
  retract(unit: Unit, workspaceId: string, id: string, validity: Validity, cause: Cause): boolean;
  /** Returns what holds now, or as of a moment. Pass the unit to see its own changes. [S34] */
  get(workspaceId: string, id: string, from?: ReadFrom): Project | undefined;
  /** Returns a page, newest first. Throws StoreError BAD_CURSOR. [S13] [S35] */
  list(workspaceId: string, options?: PageOptions & { readonly asOf?: AsOf }): Promise<Page<Project>>;
}

/** Creates the projects over the store's tables. */
export function createProjects(deps: Sight & { readonly events: EventLog; readonly limits: JsonLimits }): Projects {
  const { events, limits } = deps;
  const thingOf = (workspaceId: string, id: string): Thing => ({ workspace_id: workspaceId, id });
  const held = (workspaceId: string, id: string, from?: ReadFrom): ProjectRow | undefined =>
    heldOne<ProjectRow>(deps, projectBeliefs, thingOf(workspaceId, id), from);
  const describe = (unit: Unit, project: Project, cause: Cause): void => {
    const payload = { project_id: project.id, title: project.name };
    const event = { eventType: "project_described", entityType: "project", entityId: project.id, payload };
    events.append(unit, project.workspaceId, event, cause);
  };
  const toColumns = (fields: ProjectPatch): Partial<ProjectRow> => {
    const { name, description, path, status, metadata } = fields;
    if (status !== undefined && status !== "active" && status !== "archived") {
      throw refused("status", status, "active or archived");
    }
    const text = (value: string | null, field: string, least: number, most: number): string | null =>
      value === null ? null : checkText(value, field, least, most);
    return {
      ...(name === undefined ? {} : { name: checkText(name, "name", 1, 256) }),
      ...(description === undefined ? {} : { description: text(description, "description", 0, 65_536) }),
      ...(path === undefined ? {} : { path: text(path, "path", 1, 4096) }),
      ...(status === undefined ? {} : { status }),
      ...(metadata === undefined ? {} : { metadata: canonicalJson(metadata, "metadata", limits) }),
    };
  };

  return {
    create(unit, input, cause) {
      const { workspaceId, id } = input;
      const present = held(workspaceId, id, unit);
      if (present !== undefined) return toProject(present);
      checkId(id, "id");
      checkText(input.name, "name", 1, 256);
      const columns = toColumns(input);
      return atomically(unit, () => {
        const { atMs } = events.nextChange(unit, workspaceId);
        const thing = thingOf(workspaceId, id);
        // A project that was retracted begins again as its next version.
        const former = unit.get<ProjectRow>(projectBeliefs.sql.current, workspaceId, id);
        const version = lastVersion(unit, projectBeliefs, thing) + 1;
        const times = { version, created_at: former?.created_at ?? atMs, updated_at: atMs };
        const told = { status: "active", metadata: "{}", ...columns, ...times };
        assertBelief(unit, projectBeliefs, thing, told, { fromMs: atMs, toMs: forever }, atMs);
        const project = toProject(held(workspaceId, id, unit) as ProjectRow);
        describe(unit, project, cause);
        return project;
      });
    },

    update(unit, workspaceId, id, patch, cause) {
      const columns = toColumns(patch);
      const { atMs } = events.nextChange(unit, workspaceId);
      const interval = changeInterval(patch, atMs);
      return atomically(unit, () => {
        const { met, changed } = patchBeliefs(unit, projectBeliefs, thingOf(workspaceId, id), columns, interval, atMs);
        if (met === 0) {
          const message = `There is no project ${JSON.stringify(id)} in this workspace then.`;
          return {
            ok: false,
            error: { code: "not_found", message, hint: "Check the id, or create the project first." },
          };
        }
        const row = held(workspaceId, id, unit) ?? unit.get<ProjectRow>(projectBeliefs.sql.current, workspaceId, id);
        const project = toProject(row as ProjectRow);
        if (changed > 0) describe(unit, project, cause);
        return { ok: true, value: project };
      });
    },

    retract(unit, workspaceId, id, validity, cause) {
      const told = { eventType: "project_retracted", entityType: "project", entityId: id, named: "project_id" };
      const retraction = { table: projectBeliefs, thing: thingOf(workspaceId, id), workspaceId, ...told };
      return retractThing(unit, events, retraction, validity, cause);
    },

    get(workspaceId, id, from) {
      const row = held(workspaceId, id, from);
      return row === undefined ? undefined : toProject(row);
    },

    list: async (workspaceId, options = {}) =>
      heldPage<ProjectRow, Project>(deps, projectBeliefs, workspaceId, options, [], toProject),
  };
}

/** Makes a project out of its row. */
export function toProject(row: ProjectRow): Project {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    name: row.name,
    description: row.description,
    path: row.path,
    status: row.status,
    metadata: JSON.parse(row.metadata) as JsonObject,
    version: row.version,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
  };
}
