import type { ManualClock } from "@kingly/runtime/testing";
import type { Unit } from "@kingly/sqlite";
import type { Cause, Store, StoreOptions } from "../../src/index.ts";

/** A store of whatever kind, empty but for the workspaces `w` and `v`. */
export interface ContractStore {
  readonly store: Store;
  readonly clock: ManualClock;
  /** Runs a unit; resolves after its commit. */
  write<T>(work: (unit: Unit) => T | Promise<T>): Promise<T>;
  end(): Promise<void>;
}

/** Opens one. The whole contract knows nothing else of what stands behind it. */
export type OpenContractStore = (options?: StoreOptions) => Promise<ContractStore>;

export const cause: Cause = { cid: "c1", origin: "user", turnId: "u-1" };

/** Returns the code of the error that `work` ends with, or its text. */
export async function codeOf(work: () => unknown): Promise<string | undefined> {
  try {
    await work();
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown ? String(thrown.code) : String(thrown);
  }
  return undefined;
}
