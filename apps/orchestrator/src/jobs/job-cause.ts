import type { Cause, Origin } from "@kingly/store";

/** The cause that a job's changes carry: its command's cid, so that every event answers the command. */
export function jobCause(job: { readonly cid: string | null }, origin: Origin, turnId?: string): Cause {
  return {
    origin,
    ...(job.cid === null ? {} : { cid: job.cid }),
    ...(turnId === undefined || turnId === "" ? {} : { turnId }),
  };
}

/** The workspace of a job. Every job of this app has one; a missing one is a fault of ours. */
export function jobWorkspace(job: { readonly id: number; readonly workspaceId: string | null }): string {
  if (job.workspaceId === null) throw new Error(`Job ${job.id} has no workspace.`);
  return job.workspaceId;
}
