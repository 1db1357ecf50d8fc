import type { Command } from "@kingly/codec";
import type { Cause } from "@kingly/store";
import type { Unit } from "@kingly/sqlite";
import type { Back } from "../back.ts";

/** The circumstances of one command: its unit, where it belongs, and why it happens. */
export interface Accepting {
  readonly back: Back;
  readonly unit: Unit;
  readonly workspaceId: string;
  readonly cid: string;
  readonly cause: Cause;
  readonly turnId: string | undefined;
  /** What `auto` means: the task that this turn creates. */
  readonly autoTaskId: string | undefined;
}

/** Why a command is not carried out; it becomes `er#cid:`. `recovery` is something a person or a model can do. */
export interface CommandRefusal {
  readonly code: string;
  readonly message: string;
  readonly recovery: string;
}

/** Accepts one kind of command inside its unit; returns why not, or nothing. Everything it does stands with the unit. */
export type Acceptor<Op extends Command["op"]> = (
  command: Extract<Command, { readonly op: Op }>,
  accepting: Accepting,
) => CommandRefusal | undefined;

/** Writes the acknowledgement `su#cid:{id}|queued|0`. [O2] */
export function acknowledge({ back, unit, workspaceId, cause }: Accepting, entityType: string, entityId: string): void {
  back.store.events.append(
    unit,
    workspaceId,
    {
      eventType: "status_update",
      entityType,
      entityId,
      payload: { entity_id: entityId, status: "queued", progress: 0 },
    },
    cause,
  );
}

/** Tells that a command which names no new thing is carried out: `su#cid:{id}|completed|1`. */
export function complete({ back, unit, workspaceId, cause }: Accepting, entityType: string, entityId: string): void {
  back.store.events.append(
    unit,
    workspaceId,
    {
      eventType: "status_update",
      entityType,
      entityId,
      payload: { entity_id: entityId, status: "completed", progress: 1 },
    },
    cause,
  );
}
