import type { SqlValue } from "./connection.ts";
import type { DatabaseErrorCode } from "./database-error.ts";

/** What a reading thread is asked to do. */
export type ReadOperation =
  /** One statement; its rows go back in batches. */
  | { readonly kind: "all"; readonly sql: string; readonly parameters: readonly SqlValue[]; readonly maxRows: number }
  /** An exported function of a module, called with a reader on one snapshot. */
  | { readonly kind: "job"; readonly module: string; readonly name: string; readonly input: unknown }
  /** Copies the database as it is now to a checked file; tells `progress`, gives the pages. */
  | { readonly kind: "copy"; readonly to: string; readonly pagesPerStep: number }
  /** Folds the WAL into the file; gives `WalPages`. */
  | { readonly kind: "checkpoint"; readonly mode: "PASSIVE" | "TRUNCATE" }
  /** Closes the file and ends the thread. */
  | { readonly kind: "end" };

/** One request; a thread has one at a time. */
export interface ReadRequest {
  readonly id: number;
  readonly operation: ReadOperation;
}

/** An error on its way between threads. */
export interface ReadFailure {
  readonly code: DatabaseErrorCode;
  readonly message: string;
  /** The error of a job's own code. */
  readonly cause?: { readonly name: string; readonly message: string; readonly code?: string };
}

/** What comes back: any number of `rows`, then one `done` or `failed`. */
export type ReadReply =
  | { readonly kind: "progress"; readonly id: number; readonly copiedPages: number; readonly totalPages: number }
  | { readonly kind: "rows"; readonly id: number; readonly rows: readonly unknown[] }
  /** `isList`: the value is the rows of all batches and of this one; otherwise it is `value`. */
  | {
      readonly kind: "done";
      readonly id: number;
      readonly isList: boolean;
      readonly rows: readonly unknown[];
      readonly value?: unknown;
    }
  | { readonly kind: "failed"; readonly id: number; readonly failure: ReadFailure };

/** What a thread is started with. */
export interface ReadThreadData {
  readonly path: string;
  readonly busyTimeoutMs: number;
  readonly statementCacheSize: number;
  /** Two whole numbers that both threads see; `flagPlaces` names them. */
  readonly flags: SharedArrayBuffer;
}

/** The places of the shared numbers: the id of the request to stop, and how many batches were taken in. */
export const flagPlaces = { stoppedId: 0, takenBatches: 1 } as const;

/** A batch ends at either limit: the main thread takes one in within a few ms. Two may be under way. */
export const batchLimits = { rows: 256, bytes: 131_072, underWay: 2 } as const;
