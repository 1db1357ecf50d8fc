import type { Unit } from "@kingly/sqlite";

/** The payload of each job type, by name. Payloads are JSON; `add` refuses what is not. [Q3] */
export type JobMap = Readonly<Record<string, unknown>>;

/** Where a job stands: `pending` and `running` are alive; `completed`, `dead` and `cancelled` are over. */
export type JobStatus = "pending" | "running" | "completed" | "dead" | "cancelled";

/** One job in the hands of its handler. `attempt` counts from 1. */
export interface Job<Payload = unknown, Type extends string = string> {
  readonly id: number;
  readonly type: Type;
  readonly payload: Payload;
  readonly attempt: number;
  readonly workspaceId: string | null;
  readonly cid: string | null;
}

/** Any job of a map, discriminated by `type`. */
export type JobOf<Jobs extends JobMap> = { [T in keyof Jobs & string]: Job<Jobs[T], T> }[keyof Jobs & string];

/** Writes the effect of a job, inside the one unit that also ends the job. Only database calls may be awaited. [Q11] */
export type Finish = (unit: Unit) => void | Promise<void>;

/** How a handler ended, when there is more to say than a finish. */
export interface JobEnd<Result = unknown> {
  /** JSON, kept with the job; at most maxPayloadBytes. [Q39] */
  readonly result?: Result;
  readonly finish?: Finish;
  /** Do not complete: run the handler again when all children are over; it then finds them in `children()`. [Q41] */
  readonly awaitChildren?: boolean;
}

/** What a handler may use beside its job. */
export interface JobContext {
  /** Aborts with a QueueError CANCELLED, CLOSED or LEASE_LOST as its reason; stop soon, a finish would be refused. */
  readonly signal: AbortSignal;
  /** Renews the lease now, for `forMs` (default `leaseMs`): before work that blocks. Rejects with LEASE_LOST. [Q14] */
  readonly extendLease: (forMs?: number) => Promise<void>;
  /** Says how far the job is, 0 to 1, and what it does now (500 signs at most); kept a little later. [Q38] */
  readonly report: (progress: number, message?: string) => void;
  /** Undefined until the job has awaited its children; then all of them, over, in the order they were added. [Q41] */
  readonly children: () => readonly JobRecord[] | undefined;
}

/** Does the slow work of a job, then returns what to write; a throw is a failed attempt. */
export type Handler<Payload, Type extends string = string, Result = unknown> = (
  job: Job<Payload, Type>,
  context: JobContext,
) => Promise<Finish | JobEnd<Result> | void>;

/** Says what to write in the unit in which a job dies. [Q17] */
export type OnDead<AnyJob> = (job: AnyJob, error: unknown) => Finish | void;

/** A handler with what belongs to its type alone. */
export interface HandlerOptions<Payload, Type extends string = string, Result = unknown> {
  readonly handle: Handler<Payload, Type, Result>;
  /** Wins over the `onDead` of `work`. */
  readonly onDead?: OnDead<Job<Payload, Type>>;
}

/** A handler for every type of the map. */
export type Handlers<Jobs extends JobMap, Results extends JobMap = JobMap> = {
  readonly [T in keyof Jobs & string]:
    | Handler<Jobs[T], T, ResultOf<Results, T>>
    | HandlerOptions<Jobs[T], T, ResultOf<Results, T>>;
};

/** The result type of a job type; `unknown` where none was defined. */
export type ResultOf<Results, T extends string> = T extends keyof Results ? Results[T] : unknown;

/** What a pending job waits for beside a slot: its time, its concurrency key, its children. */
export type WaitsFor = "time" | "key" | "children";

/** One job as it stands in the table; times in ms since 1970. `error` is that of the last attempt, or why it was cancelled. */
export interface JobRecord<Payload = unknown, Type extends string = string> extends Job<Payload, Type> {
  readonly status: JobStatus;
  readonly waitsFor: WaitsFor | null;
  readonly priority: number;
  readonly group: string;
  readonly runAtMs: number;
  readonly maxAttempts: number;
  readonly key: string | null;
  readonly concurrencyKey: string | null;
  readonly parentId: number | null;
  /** 0 to 1; null until the handler reports. */
  readonly progress: number | null;
  readonly progressMessage: string | null;
  /** Null until the job has completed with a result. */
  readonly result: unknown;
  readonly error: string | null;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
}

/** One attempt that did not complete its job. */
export interface JobAttempt {
  readonly attempt: number;
  /** `failed`: the handler threw. `lost`: its process died or its lease ran out. `released`: given back by `close`. */
  readonly outcome: "failed" | "lost" | "released" | "cancelled";
  readonly error: string | null;
  readonly owner: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}
