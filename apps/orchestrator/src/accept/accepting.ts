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
