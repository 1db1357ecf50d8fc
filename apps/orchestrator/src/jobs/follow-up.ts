import type { Unit } from "@kingly/sqlite";
import type { Cause } from "@kingly/store";
import type { Advance, Definition, Outcome, Run } from "@kingly/workflow";
import type { Back } from "../back.ts";

/** Where advances are written. */
export interface AdvanceContext {
  readonly back: Back;
  readonly unit: Unit;
  readonly workspaceId: string;
  readonly cause: Cause;
}

/** What follows from an advance for another run, or for the same one: an advance to write, or an outcome to tell. */
export type FollowUp =
  | { readonly kind: "apply"; readonly definition: Definition; readonly before: Run; readonly next: Advance }
  | { readonly kind: "tell"; readonly runId: string; readonly outcome: Outcome };
