import type { Row, SqlValue } from "./connection.ts";
import type { WalPages } from "./checkpoints.ts";
import { DatabaseError } from "./database-error.ts";
import { setQuietTimer } from "./clock.ts";
import type { DatabaseClock, DatabaseTimer } from "./clock.ts";
import type { ReadOperation } from "./read-messages.ts";
import { startReadThread } from "./read-thread.ts";
import type { ReadAnswer, ReadThread } from "./read-thread.ts";

/** How one read of the pool is bounded. */
export interface ReadOptions {
  /** Gives the read up: it rejects with ABORTED at once, and its thread is stopped. */
  readonly signal?: AbortSignal;
  /** Rejects with TIMEOUT after this many ms, waiting included, 1 to 3,600,000. @default 30000 */
  readonly timeoutMs?: number;
  /** More rows are refused with TOO_LARGE; `all` only. @default 100000 */
  readonly maxRows?: number;
}

/** What the pool is doing. `threadsEnding` were told to end and are still inside a statement. */
export interface ReadPoolStats {
  readonly threads: number;
  readonly threadsEnding: number;
  readonly running: number;
  readonly waiting: number;
}

/** Read-only connections in threads of their own: heavy reads that must not hold up the event loop. */
export interface ReadPool {
  /** Reads all rows of one statement. What was written before the call is seen. [DB13] */
  all<R = Row>(sql: string, parameters: readonly SqlValue[], options?: ReadOptions): Promise<R[]>;
  /** Calls the exported `ReadJob` of a module in a thread, on one snapshot; input and value are copied. [DB14]
   *
   * `module` is a file URL that code gives (`siblingModule`), never data. */
  run<Value>(module: URL, name: string, input: unknown, options?: ReadOptions): Promise<Value>;
  stats(): ReadPoolStats;
}

/** How a copy of the file is made. */
export interface CopyRequest {
  readonly to: string;
  readonly pagesPerStep: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (copiedPages: number, totalPages: number) => void;
}

/** A pool with its upkeep and its end. */
export interface OpenReadPool extends ReadPool {
  /** Copies the database as it is now; returns the pages. [DB16] */
  copy(request: CopyRequest): Promise<number>;
  /** Folds the WAL into the file. [DB20] */
  checkpoint(mode: "PASSIVE" | "TRUNCATE"): Promise<WalPages>;
  /** Refuses new reads, stops those that run, and resolves when the threads have closed the file. */
  close(): Promise<void>;
}

/** The limits of a pool. */
export interface ReadPoolOptions {
  /** Threads at most, 1 to 64; each has a connection. Started when needed. @default 2 */
  readonly size?: number;
  /** Reads that may wait for a thread; more are refused with OVERLOADED. @default 100 */
  readonly maxWaiting?: number;
  /** A thread without work ends after this many ms. @default 30000 */
  readonly idleMs?: number;
  /** A stopped read that does not stop by itself within this many ms loses its thread. @default 250 */
  readonly graceMs?: number;
}

/** What a pool of threads needs: how each opens the file, and the time. */
export interface ReadPoolDeps {
  readonly clock: DatabaseClock;
  readonly connection: { readonly path: string; readonly busyTimeoutMs: number; readonly statementCacheSize: number };
}

interface Task {
  readonly id: number;
  readonly operation: ReadOperation;
  readonly onProgress: ReadAnswer["progress"];
  resolve(value: unknown): void;
  reject(error: DatabaseError): void;
}

interface Place {
  readonly thread: ReadThread;
  task?: Task;
  idle?: DatabaseTimer;
  grace?: DatabaseTimer;
}

export const readPoolDefaults = { size: 2, maxWaiting: 100, idleMs: 30_000, graceMs: 250 } as const;
const longestMs = 3_600_000;
const readDefaults = { timeoutMs: 30_000, maxRows: 100_000 } as const;

/** Creates the pool; no thread starts before the first read. [DB13] */
export function createReadPool(deps: ReadPoolDeps, options: ReadPoolOptions = {}): OpenReadPool {
  const { clock } = deps;
  const limits = { ...readPoolDefaults, ...options };
  const places = new Set<Place>();
  let ending = 0;
  let waiting: Task[] = [];
  let lastId = 0;
  let closing: Promise<void> | undefined;

  const open = (): Place => {
    const place: Place = {
      thread: startReadThread(deps.connection, () => {
        // Either it was asked to end and is counted in `ending`, or it died and stands among the places still.
        if (!places.delete(place)) ending -= 1;
        place.idle?.cancel();
        place.grace?.cancel();
        pump();
      }),
    };
    places.add(place);
    return place;
  };
  const leave = (place: Place): void => {
    if (places.delete(place)) ending += 1;
    place.idle?.cancel();
  };
  const findPlace = (): Place | undefined => {
    for (const place of places) if (place.task === undefined) return place;
    // A statement that cannot be interrupted keeps its thread: those are bounded, too.
    return places.size < limits.size && ending < limits.size ? open() : undefined;
  };

  const pump = (): void => {
    while (waiting.length > 0) {
      const place = findPlace();
      if (place === undefined) return;
      const task = waiting.shift();
      if (task !== undefined) start(place, task);
    }
  };
  const start = (place: Place, task: Task): void => {
    place.idle?.cancel();
    place.task = task;
    const settled = (): void => {
      delete place.task;
      place.grace?.cancel();
      if (!places.has(place)) return;
      place.idle = setQuietTimer(clock, limits.idleMs, () => {
        leave(place);
        void place.thread.end();
      });
      pump();
    };
    place.thread.send(
      { id: task.id, operation: task.operation },
      {
        ...(task.onProgress === undefined ? {} : { progress: task.onProgress }),
        done(value) {
          settled();
          task.resolve(value);
        },
        failed(error) {
          settled();
          task.reject(error);
        },
      },
    );
  };
  const stop = (task: Task, error: DatabaseError): void => {
    task.reject(error);
    waiting = waiting.filter((other) => other !== task);
    for (const place of places) {
      if (place.task !== task) continue;
      place.thread.stop();
      place.grace = setQuietTimer(clock, limits.graceMs, () => {
        leave(place);
        place.thread.terminate();
        pump();
      });
    }
  };

  const ask = <T>(
    operation: ReadOperation,
    { signal, timeoutMs = readDefaults.timeoutMs }: Pick<ReadOptions, "signal" | "timeoutMs">,
    onProgress?: ReadAnswer["progress"],
  ): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const refuse = (code: "ABORTED" | "CLOSED" | "OVERLOADED", message: string): void =>
        reject(new DatabaseError(code, message, { cause: signal?.reason }));
      if (closing !== undefined) return refuse("CLOSED", "The database is closed. Open it again before reading.");
      if (signal?.aborted === true) return refuse("ABORTED", "The read was given up before it began.");
      if (waiting.length >= limits.maxWaiting) {
        const message = `${waiting.length} reads wait for a thread already (maxWaiting). Try again when some are done.`;
        return refuse("OVERLOADED", message);
      }
      const abort = (): void => {
        const message = "The read was given up by its caller.";
        stop(task, new DatabaseError("ABORTED", message, { cause: signal?.reason }));
      };
      const deadline = setQuietTimer(clock, timeoutMs, () => {
        const message = `The read took more than ${timeoutMs} ms (timeoutMs). Ask for less, or give it longer.`;
        stop(task, new DatabaseError("TIMEOUT", message));
      });
      const settle = (): void => {
        deadline.cancel();
        signal?.removeEventListener("abort", abort);
      };
      lastId = (lastId % 0x7fff_fffe) + 1;
      const task: Task = {
        id: lastId,
        operation,
        onProgress,
        resolve(value) {
          settle();
          resolve(value as T);
        },
        reject(error) {
          settle();
          reject(error);
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      waiting.push(task);
      return pump();
    });

  return {
    all: (sql, parameters, options = {}) =>
      ask({ kind: "all", sql, parameters, maxRows: options.maxRows ?? readDefaults.maxRows }, options),
    run: (module, name, input, options = {}) => ask({ kind: "job", module: toFileUrl(module), name, input }, options),
    copy: ({ to, pagesPerStep, signal, onProgress }) =>
      ask(
        { kind: "copy", to, pagesPerStep },
        { timeoutMs: longestMs, ...(signal === undefined ? {} : { signal }) },
        onProgress,
      ),
    checkpoint: (mode) => ask({ kind: "checkpoint", mode }, { timeoutMs: longestMs }),
    stats: () => ({
      threads: places.size,
      threadsEnding: ending,
      running: [...places].filter((place) => place.task !== undefined).length,
      waiting: waiting.length,
    }),
    close() {
      closing ??= closePlaces();
      return closing;
    },
  };

  async function closePlaces(): Promise<void> {
    const error = new DatabaseError("CLOSED", "The database was closed before the read was done.");
    for (const task of waiting.splice(0)) task.reject(error);
    const ends = [...places].map(async (place) => {
      if (place.task !== undefined) {
        place.task.reject(error);
        place.thread.stop();
        place.grace?.cancel();
      }
      leave(place);
      const late = Promise.withResolvers<void>();
      const timer = clock.setTimer(limits.graceMs, late.resolve);
      await Promise.race([place.thread.end(), late.promise]);
      timer.cancel();
      // Inside a statement of SQLite nothing reaches it; it closes the file when that ends.
      place.thread.terminate();
    });
    await Promise.all(ends);
  }
}

/** Checks that a module came from code: a file URL. */
export function toFileUrl(module: URL): string {
  if (module.protocol === "file:") return module.href;
  throw new TypeError(`A read job's module got ${module.protocol}. Expected a file URL that code gives.`);
}
