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

/** What a handler may use beside its job. */
export interface JobContext {
  /** Aborts with a QueueError CANCELLED, CLOSED or LEASE_LOST as its reason; stop soon, a finish would be refused. */
  readonly signal: AbortSignal;
  /** Renews the lease now, for `forMs` (default `leaseMs`): before work that blocks. Rejects with LEASE_LOST. [Q14] */
  extendLease(forMs?: number): Promise<void>;
}

/** Does the slow work of a job, then returns what to write; a throw is a failed attempt. */
export type Handler<Payload, Type extends string = string> = (
  job: Job<Payload, Type>,
  context: JobContext,
) => Promise<Finish | void>;

/** Says what to write in the unit in which a job dies. [Q17] */
export type OnDead<AnyJob> = (job: AnyJob, error: unknown) => Finish | void;

/** A handler with what belongs to its type alone. */
export interface HandlerOptions<Payload, Type extends string = string> {
  readonly handle: Handler<Payload, Type>;
  /** Wins over the `onDead` of `work`. */
  readonly onDead?: OnDead<Job<Payload, Type>>;
}

/** A handler for every type of the map. */
export type Handlers<Jobs extends JobMap> = {
  readonly [T in keyof Jobs & string]: Handler<Jobs[T], T> | HandlerOptions<Jobs[T], T>;
};

/** One job as it stands in the table; times in ms since 1970. `error` is that of the last attempt, or why it was cancelled. */
export interface JobRecord<Payload = unknown, Type extends string = string> extends Job<Payload, Type> {
  readonly status: JobStatus;
  readonly priority: number;
  readonly runAtMs: number;
  readonly maxAttempts: number;
  readonly key: string | null;
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
