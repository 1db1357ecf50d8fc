// What an engine must offer so that the suite can run it. Nothing here knows SQLite.

/** The ways in which the world goes wrong in the middle of a scenario. */
export const faults = ["crash", "freeze", "busy", "full disk", "clock jump", "cancel race"] as const;
export type Fault = (typeof faults)[number];

/** A job to be added, in the words of the package. */
export interface JobToAdd {
  readonly type?: "a" | "b";
  readonly payload?: unknown;
  readonly key?: string;
  readonly onDuplicate?: "keep" | "replace";
  readonly debounceMs?: number;
  readonly delayMs?: number;
  readonly priority?: number;
  readonly group?: string;
  readonly concurrencyKey?: string;
  readonly concurrencyLimit?: number;
  readonly parentId?: number;
  readonly maxAttempts?: number;
}

export interface JobView {
  readonly id: number;
  readonly type: string;
  readonly status: "pending" | "running" | "completed" | "dead" | "cancelled";
  readonly payload: unknown;
  readonly attempt: number;
  readonly error: string | null;
  readonly result: unknown;
  readonly concurrencyKey: string | null;
  readonly group: string;
  readonly progress: number | null;
}

/** One run of a handler, in the hands of the scenario. */
export interface Run {
  readonly id: number;
  readonly attempt: number;
  readonly payload: unknown;
  /** The order in which runs of all processes began. */
  readonly order: number;
  readonly startedAtMs: number;
  /** Why it was told to stop. */
  told(): string | undefined;
  report(progress: number): void;
  children(): readonly JobView[] | undefined;
  /** Ends it: completed with its effect, or with a failure. */
  complete(more?: { readonly result?: unknown; readonly awaitChildren?: boolean }): void;
  fail(permanent?: boolean): void;
  isOpen(): boolean;
}

/** One process that adds and works jobs. Writing methods may throw while a fault lasts; then nothing was written. */
export interface Process {
  readonly owner: string;
  add(job: JobToAdd): Promise<{ readonly id: number; readonly added: boolean }>;
  addMany(jobs: readonly JobToAdd[]): Promise<readonly { readonly id: number; readonly added: boolean }[]>;
  /** Adds in a unit that is then taken back. */
  addAndTakeBack(job: JobToAdd): Promise<void>;
  cancel(id: number): Promise<boolean>;
  retry(id: number): Promise<boolean>;
  redrive(): Promise<number>;
  pause(type: "a" | "b"): Promise<unknown>;
  resume(type: "a" | "b"): Promise<unknown>;
  schedule(name: string, cron: string): Promise<unknown>;
  unschedule(name: string): Promise<unknown>;
  close(): Promise<void>;
  /** Every run that began here, oldest first. */
  runs(): readonly Run[];
}

export interface WorldOptions {
  readonly slots?: number;
  readonly maxAttempts?: number;
  readonly backoffMs?: number;
  readonly rate?: { readonly max: number; readonly windowMs: number };
  readonly keepCompleted?: number;
  readonly maxPending?: number;
}

/** One file, or one database, with the processes that work it. */
export interface World {
  /** The process of the owner as it lives now. */
  one(): Process;
  two(): Process;
  /** Every process that ever lived, those that crashed included: their runs may still come to an end. */
  all(): readonly Process[];
  nowMs(): number;
  pass(ms: number): Promise<void>;
  settle(): Promise<void>;
  /** Lets the fault happen to process one; `job` is the one that a cancel is aimed at. */
  strike(fault: Fault, job?: number): Promise<void>;
  /** Ends the fault; who was frozen awakes. */
  heal(): Promise<void>;
  jobs(): readonly JobView[];
  /** The jobs whose effect was written, one entry for each time. */
  effects(): readonly number[];
  counts(): Readonly<Record<string, number>>;
  deaths(): readonly number[];
  end(): Promise<void>;
}

export interface Engine {
  readonly name: string;
  open(options: WorldOptions, seed: number): Promise<World>;
}
