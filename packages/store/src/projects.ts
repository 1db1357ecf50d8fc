import type { Database, Unit } from "@kingly/sqlite";
import { afterStart } from "./after-start.ts";
import { atomically } from "./atomically.ts";
import { projectBeliefs } from "./belief-tables.ts";
import { assertBelief } from "./beliefs.ts";
import type { Cause } from "./cause.ts";
import { checkId, checkText } from "./check-value.ts";
import type { EventLog } from "./event-log.ts";
import { forever } from "./forever.ts";
import { canonicalJson } from "./json.ts";
import type { JsonLimits, JsonObject } from "./json.ts";
import { pageLimit, readCursor, toPage } from "./page.ts";
import type { Page, PageOptions } from "./page.ts";
import type { Reader } from "./reader.ts";
import type { ProjectRow, StoreTables } from "./store-tables.ts";

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

/** The projects of all workspaces; every call names its workspace. */
export interface Projects {
  /** Creates a project and its event `project_described`. The same id again returns the present one unchanged. [S5] */
  create(unit: Unit, input: ProjectInput, cause: Cause): Project;
  get(workspaceId: string, id: string, reader?: Reader): Project | undefined;
  list(workspaceId: string, options?: PageOptions): Promise<Page<Project>>;
}

/** Creates the projects over the store's tables. */
export function createProjects(deps: {
  readonly database: Database;
  readonly events: EventLog;
  readonly limits: JsonLimits;
}): Projects {
  const get = (workspaceId: string, id: string, reader: Reader = deps.database): Project | undefined => {
    const row = reader.get<ProjectRow>("SELECT * FROM projects WHERE workspace_id = ? AND id = ?", workspaceId, id);
    return row === undefined ? undefined : toProject(row);
  };

  return {
    create(unit, input, cause) {
      const present = get(input.workspaceId, input.id, unit);
      if (present !== undefined) return present;
      checkId(input.id, "id");
      checkText(input.name, "name", 1, 256);
      if (input.description !== undefined) checkText(input.description, "description", 0, 65_536);
      if (input.path !== undefined) checkText(input.path, "path", 1, 4096);
      return atomically(unit, () => {
        const { atMs } = deps.events.nextChange(unit, input.workspaceId);
        const told = {
          name: input.name,
          description: input.description ?? null,
          path: input.path ?? null,
          metadata: canonicalJson(input.metadata ?? {}, "metadata", deps.limits),
          created_at: atMs,
          updated_at: atMs,
        };
        const thing = { workspace_id: input.workspaceId, id: input.id };
        assertBelief(unit, projectBeliefs, thing, told, { fromMs: atMs, toMs: forever }, atMs);
        const payload = { project_id: input.id, title: input.name };
        const event = { eventType: "project_described", entityType: "project", entityId: input.id, payload };
        deps.events.append(unit, input.workspaceId, event, cause);
        return get(input.workspaceId, input.id, unit) as Project;
      });
    },
    get,
    async list(workspaceId, options = {}) {
      const limit = pageLimit(options.limit);
      const rows = await deps.database
        .kysely<StoreTables>()
        .selectFrom("projects")
        .selectAll()
        .where("workspace_id", "=", workspaceId)
        .where(afterStart(readCursor(options.cursor)))
        .orderBy("created_at", "desc")
        .orderBy("id", "desc")
        .limit(limit + 1)
        .execute();
      return toPage(rows, limit, toProject, (row) => ({ atMs: row.created_at, id: row.id }));
    },
  };
}

function toProject(row: ProjectRow): Project {
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
