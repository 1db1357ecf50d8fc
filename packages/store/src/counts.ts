import type { Database } from "@kingly/sqlite";
import type { MemoryType } from "./memory.ts";
import type { Reader } from "./reader.ts";
import type { TaskStatus } from "./task-states.ts";

/** How many of what there is in a workspace: things by what is believed of them last; what holds at no moment is not counted. */
export interface Counts {
  readonly tasks: { readonly all: number; readonly byStatus: Partial<Readonly<Record<TaskStatus, number>>> };
  readonly memory: { readonly all: number; readonly byType: Partial<Readonly<Record<MemoryType, number>>> };
  readonly projects: number;
  readonly runs: { readonly all: number; readonly byStatus: Readonly<Record<string, number>> };
}

/** Which tasks are counted. */
export interface CountOptions {
  /** Only the tasks of this project; null for those of none. */
  readonly projectId?: string | null;
}

interface CountRow {
  readonly counted: string;
  readonly scope: string;
  readonly state: string;
  readonly rows: number;
}

/** Creates `counts`: read from rows that triggers keep, never by counting. [S99] */
export function createCounts(deps: {
  readonly database: Database;
}): (workspaceId: string, options?: CountOptions, reader?: Reader) => Counts {
  return (workspaceId, options = {}, reader = deps.database) => {
    const rows = reader.all<CountRow>(
      "SELECT counted, scope, state, rows FROM row_counts WHERE workspace_id = ? AND rows > 0",
      workspaceId,
    );
    const { projectId } = options;
    const groups = (counted: string, scope?: string): { all: number; by: Record<string, number> } => {
      const by: Record<string, number> = {};
      let all = 0;
      for (const row of rows) {
        if (row.counted !== counted || (scope !== undefined && row.scope !== scope)) continue;
        by[row.state] = (by[row.state] ?? 0) + row.rows;
        all += row.rows;
      }
      return { all, by };
    };
    const tasks = groups("tasks", projectId === undefined ? undefined : (projectId ?? ""));
    const memory = groups("memory");
    const runs = groups("runs");
    return {
      tasks: { all: tasks.all, byStatus: tasks.by },
      memory: { all: memory.all, byType: memory.by },
      projects: groups("projects").all,
      runs: { all: runs.all, byStatus: runs.by },
    };
  };
}
