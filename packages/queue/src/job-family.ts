import type { Unit } from "@kingly/sqlite";
import { waitsFor } from "./admit-key.ts";
import { QueueError } from "./queue-error.ts";

/** Children of one job at most, over its whole life; and how deep children may have children. [Q41] */
export const familyLimits = { maxChildren: 10_000, maxDepth: 10 } as const;

const takeSql = `UPDATE job_queue SET children = children + 1 WHERE id = ? AND status IN ('pending', 'running')
  RETURNING children, depth`;

/** Counts a new child with its parent and returns the child's depth. Throws BAD_JOB: over, too many, too deep. [Q41] */
export function takeParent(unit: Unit, parentId: number): number {
  const parent = unit.get<{ children: number; depth: number }>(takeSql, parentId);
  if (parent === undefined) {
    throw new QueueError("BAD_JOB", `Job ${parentId} is over or unknown: it can have no more children.`);
  }
  if (parent.children > familyLimits.maxChildren || parent.depth >= familyLimits.maxDepth) {
    unit.run("UPDATE job_queue SET children = children - 1 WHERE id = ?", parentId);
    const { maxChildren, maxDepth } = familyLimits;
    throw new QueueError(
      "BAD_JOB",
      `Job ${parentId} can have no more children: ${maxChildren} at most, ${maxDepth} generations at most.`,
    );
  }
  return parent.depth + 1;
}

const waitingSql = `SELECT id, run_at AS runAtMs, concurrency_key AS concurrencyKey, key_limit AS keyLimit FROM job_queue
  WHERE id = ? AND status = 'pending' AND waits = 'children' AND NOT EXISTS (
    SELECT 1 FROM job_queue INDEXED BY job_queue_children_alive
    WHERE parent_id = ? AND parent_id IS NOT NULL AND status IN ('pending', 'running'))`;

/** Makes a job that awaits its children claimable when none of them is alive any more. [Q41] */
export function wakeParent(unit: Unit, parentId: number, nowMs: number): boolean {
  const parent = unit.get<{ id: number; runAtMs: number; concurrencyKey: string | null; keyLimit: number | null }>(
    waitingSql,
    parentId,
    parentId,
  );
  if (parent === undefined) return false;
  unit.run("UPDATE job_queue SET waits = ? WHERE id = ?", waitsFor(unit, parent, nowMs), parentId);
  return true;
}

const livingSql = `SELECT id FROM job_queue INDEXED BY job_queue_children_alive
  WHERE parent_id = ? AND parent_id IS NOT NULL AND status IN ('pending', 'running')`;

/** Lists a job and its living descendants, children before their parents: the order in which they are cancelled. [Q41] */
export function livingFamily(unit: Unit, id: number): number[] {
  const family = [id];
  // Grows while it is walked: each generation stands behind its parents.
  for (const member of family) for (const child of unit.all<{ id: number }>(livingSql, member)) family.push(child.id);
  return family.toReversed();
}
