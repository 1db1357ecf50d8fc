import type { Unit } from "@kingly/sqlite";

/** Begins a new life of an owner and returns its epoch, higher than every earlier one of the file. [Q18] */
export function takeEpoch(unit: Unit, owner: string, nowMs: number): number {
  const next = unit.get<{ epoch: number }>("SELECT coalesce(max(epoch), 0) + 1 AS epoch FROM queue_owners")?.epoch ?? 1;
  unit.run(
    `INSERT INTO queue_owners (name, epoch, opened_at) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, opened_at = excluded.opened_at`,
    owner,
    next,
    nowMs,
  );
  return next;
}

/** Tells whether this epoch is still the owner's: a later opening of the same name ends it. [Q21] */
export function isCurrentEpoch(unit: Unit, owner: string, epoch: number): boolean {
  return unit.get<{ epoch: number }>("SELECT epoch FROM queue_owners WHERE name = ?", owner)?.epoch === epoch;
}
