import type { Unit } from "@kingly/sqlite";
import type { Token } from "./claim-jobs.ts";
import { tokenKey } from "./token-key.ts";

/** Renews the leases of all these jobs in one statement; a lease is never shortened. [Q13]
 *
 * All tokens are of one epoch. Returns the keys (see `tokenKey`) of those that are still held. */
export function renewLeases(unit: Unit, epoch: number, tokens: readonly Token[], untilMs: number): ReadonlySet<string> {
  const sql = `UPDATE job_queue SET lease_until = max(lease_until, ?)
    WHERE id IN (SELECT value FROM json_each(?)) AND status = 'running' AND owner_epoch = ?
    RETURNING id, claim, owner_epoch AS epoch`;
  const ids = JSON.stringify(tokens.map((token) => token.id));
  return new Set(unit.all<Token>(sql, untilMs, ids, epoch).map(tokenKey));
}
