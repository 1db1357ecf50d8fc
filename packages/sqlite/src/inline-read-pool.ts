import type { Connection, SqlValue } from "./connection.ts";
import { copyDatabase } from "./copy-database.ts";
import { DatabaseError, toDatabaseError } from "./database-error.ts";
import { createJobReader } from "./job-reader.ts";
import type { ReadJob } from "./job-reader.ts";
import { toFileUrl } from "./read-pool.ts";
import type { OpenReadPool } from "./read-pool.ts";

/** Creates the pool of a database in memory, which only its one connection can see: reads run in later turns. */
export function createInlineReadPool(connection: Connection, path: string): OpenReadPool {
  let closed = false;
  let running = 0;
  const later = async <T>(work: () => T | Promise<T>): Promise<T> => {
    running += 1;
    try {
      await new Promise((resolve) => setImmediate(resolve));
      if (closed) throw new DatabaseError("CLOSED", `${path} is closed. Open it again.`);
      return await work();
    } catch (thrown) {
      throw toDatabaseError(thrown, "Reading");
    } finally {
      running -= 1;
    }
  };
  return {
    all: <R>(sql: string, parameters: readonly SqlValue[]) =>
      later(() => connection.prepare(sql).all(...parameters) as R[]),
    run: <Value>(module: URL, name: string, input: unknown) =>
      later(async () => {
        const loaded = (await import(toFileUrl(module))) as Readonly<
          Record<string, ReadJob<unknown, Value> | undefined>
        >;
        const job = loaded[name];
        if (job === undefined) throw new DatabaseError("JOB_FAILED", `${module.href} exports no function ${name}.`);
        const own = createJobReader(connection, () => {});
        try {
          return await job(own.reader, input);
        } finally {
          own.end();
        }
      }),
    copy: ({ to, pagesPerStep, signal, onProgress }) =>
      later(() =>
        copyDatabase(connection, to, {
          pagesPerStep,
          onProgress,
          throwIfStopped() {
            if (signal?.aborted !== true) return;
            throw new DatabaseError("ABORTED", "The copy was given up by its caller.", { cause: signal.reason });
          },
        }),
      ),
    checkpoint: async () => ({ busy: 0, log: -1, checkpointed: -1 }),
    stats: () => ({ threads: 0, threadsEnding: 0, running, waiting: 0 }),
    close: async () => void (closed = true),
  };
}
