import type { Clock } from "@kingly/runtime";
import { momentOf } from "../as-of.ts";
import type { AsOf } from "../as-of.ts";
import type { EventLog } from "../event-log.ts";
import type { JsonLimits } from "../json.ts";
import type { Reader } from "../reader.ts";
import type { DecayOptions } from "./decayed-confidence.ts";
import { entityIdentity } from "./entity-identity.ts";
import type { GraphView } from "./entity-reads.ts";
import type { RelationTypes } from "./relation-types.ts";

/** What reads of the graph take from the store; `database` is a reading thread's reader in a thread. */
export interface GraphReadDeps {
  readonly database: Reader;
  readonly clock: Clock;
  /** Texts that one search ranks at most. */
  readonly maxCandidates: number;
  readonly decay: DecayOptions;
}

/** What the graph takes from the store. */
export interface GraphDeps extends GraphReadDeps {
  readonly events: EventLog;
  readonly limits: JsonLimits;
  readonly relationTypes: RelationTypes;
}

/** How a read of the graph looks. */
export interface GraphReadOptions {
  readonly asOf?: AsOf;
  /** The unit, to see its own changes. @default what is committed */
  readonly reader?: Reader;
}

/** Opens the view of a read: where, when, and who was who then. [S55] */
export function viewGraph(deps: GraphReadDeps, workspaceId: string, options: GraphReadOptions): GraphView {
  const { asOf, reader = deps.database } = options;
  const moment = momentOf(deps, reader, workspaceId, asOf);
  return {
    reader,
    workspaceId,
    moment,
    isNow: asOf === undefined,
    identity: entityIdentity(reader, workspaceId, moment.systemMs),
  };
}
