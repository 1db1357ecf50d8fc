import type { Unit } from "@kingly/sqlite";

/** Whose turn it is: of each type and priority, the group that was served last. */
export interface Turns {
  /** Picks claimable jobs of one type and priority, one group after the other, oldest first in each. [Q8] [Q31] */
  pick(unit: Unit, type: string, priority: number, slots: number): number[];
}

const groupSql = `SELECT group_name AS name FROM job_queue INDEXED BY job_queue_ready
  WHERE status = 'pending' AND waits IS NULL AND job_type = ? AND priority = ? AND group_name > ?
  ORDER BY group_name LIMIT 1`;
const jobsSql = `SELECT id FROM job_queue INDEXED BY job_queue_ready
  WHERE status = 'pending' AND waits IS NULL AND job_type = ? AND priority = ? AND group_name = ?
  ORDER BY run_at, id LIMIT ? OFFSET ?`;
// Group names are never empty of a sign below this one: "" is the group of jobs that have none.
const firstSql = groupSql.replace("group_name > ?", "group_name >= ?");
const maxRemembered = 1000;

/** Creates the memory of turns: round robin over groups, so that one of them cannot starve the others. [Q31]
 *
 * It lives in this process; after a restart the round begins anew. */
export function createTurns(): Turns {
  const lastByLevel = new Map<string, string>();
  return {
    pick(unit, type, priority, slots) {
      const level = `${priority} ${type}`;
      const groups = groupsFrom(unit, { type, priority }, lastByLevel.get(level), slots);
      const { ids, last } = takeRounds(unit, { type, priority }, groups, slots);
      if (last !== undefined) {
        lastByLevel.delete(level);
        // Only while there are others: a group alone needs no turns, and the memory stays small.
        if (groups.length > 1) lastByLevel.set(level, last);
        if (lastByLevel.size > maxRemembered) lastByLevel.delete(lastByLevel.keys().next().value ?? "");
      }
      return ids;
    },
  };
}

interface Level {
  readonly type: string;
  readonly priority: number;
}

/** Lists groups with claimable jobs, `slots` and one at most, from the one after `last` and round to it. */
function groupsFrom(unit: Unit, { type, priority }: Level, last: string | undefined, slots: number): string[] {
  const groups: string[] = [];
  const walk = (from: string | undefined, until: string | undefined): void => {
    let name =
      from === undefined
        ? unit.get<{ name: string }>(firstSql, type, priority, "")?.name
        : unit.get<{ name: string }>(groupSql, type, priority, from)?.name;
    // One more than there are slots: then it is known that there are others.
    while (name !== undefined && (until === undefined || name <= until) && groups.length <= slots) {
      groups.push(name);
      name = unit.get<{ name: string }>(groupSql, type, priority, name)?.name;
    }
  };
  walk(last, undefined);
  if (last !== undefined && groups.length <= slots) walk(undefined, last);
  return groups;
}

/** Shares the slots out evenly; what a group cannot use goes to the others. */
function takeRounds(
  unit: Unit,
  { type, priority }: Level,
  groups: readonly string[],
  slots: number,
): { readonly ids: number[]; readonly last: string | undefined } {
  const ids: number[] = [];
  let last: string | undefined;
  let open = groups.map((name) => ({ name, taken: 0 }));
  while (open.length > 0 && ids.length < slots) {
    const share = Math.max(1, Math.floor((slots - ids.length) / open.length));
    const columns: number[][] = [];
    const next: typeof open = [];
    for (const group of open) {
      if (columns.length * share >= slots - ids.length) {
        next.push(group);
        continue;
      }
      const rows = unit.all<{ id: number }>(jobsSql, type, priority, group.name, share, group.taken);
      if (rows.length > 0) last = group.name;
      columns.push(rows.map((row) => row.id));
      if (rows.length === share) next.push({ name: group.name, taken: group.taken + share });
    }
    // One of each group, then the second of each: nobody's second job starts before another's first.
    for (let row = 0; row < share; row += 1) {
      for (const column of columns) if (column[row] !== undefined && ids.length < slots) ids.push(column[row] ?? 0);
    }
    open = next;
  }
  return { ids, last };
}
