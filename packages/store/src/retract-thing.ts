import type { Unit } from "@kingly/sqlite";
import { atomically } from "./atomically.ts";
import type { BeliefTable } from "./belief-table.ts";
import { openBeliefs, retractBelief } from "./beliefs.ts";
import type { Thing } from "./beliefs.ts";
import type { Cause } from "./cause.ts";
import type { EventLog } from "./event-log.ts";
import { forever } from "./forever.ts";
import { changeInterval } from "./interval.ts";
import type { Validity } from "./interval.ts";

/** What is retracted, and how its event is told. */
export interface Retraction {
  readonly table: BeliefTable;
  readonly thing: Thing;
  readonly workspaceId: string;
  readonly eventType: string;
  readonly entityType: string;
  readonly entityId: string;
  /** The field of the payload that names the thing, and whether the payload tells the time. */
  readonly named: string;
  readonly tellsTime?: boolean;
}

/** Ends, from now on in system time, what is believed of a thing in an interval of valid time, with its event. [S32]
 *
 * Returns false, and writes nothing, when nothing was believed there. */
export function retractThing(
  unit: Unit,
  events: EventLog,
  retraction: Retraction,
  validity: Validity,
  cause: Cause,
): boolean {
  const { table, thing, workspaceId } = retraction;
  const { atMs } = events.nextChange(unit, workspaceId);
  const interval = changeInterval(validity, atMs);
  return atomically(unit, () => {
    if (!retractBelief(unit, table, thing, interval, atMs)) return false;
    const isFromNow = interval.fromMs === atMs && interval.toMs === forever;
    const payload = {
      [retraction.named]: retraction.entityId,
      ...(retraction.tellsTime === true ? { at: atMs } : {}),
      ended: openBeliefs(unit, table, thing, { fromMs: atMs, toMs: forever }).length === 0,
      ...(isFromNow ? {} : { valid_from: interval.fromMs, valid_to: interval.toMs }),
    };
    const { eventType, entityType, entityId } = retraction;
    events.append(unit, workspaceId, { eventType, entityType, entityId, payload }, cause);
    return true;
  });
}
