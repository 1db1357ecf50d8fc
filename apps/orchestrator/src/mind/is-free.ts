import type { Reader } from "@kingly/store";
import type { Back } from "../back.ts";

/** Tells whether nothing stands before a task any more: all that blocks it, in its own workspace, is completed. [O43] */
export function isFree(back: Back, reader: Reader, workspaceId: string, taskId: string): boolean {
  return back.store.relationships
    .list(workspaceId, taskId, reader)
    .filter(({ kind, workspaceId: other }) => kind === "blocked_by" && other === undefined)
    .every(({ taskId: other }) => back.store.tasks.get(workspaceId, other, reader)?.status === "completed");
}
