// A reading thread: it owns one read-only connection, and serves one request at a time.
import { parentPort, workerData } from "node:worker_threads";
import { openConnection } from "./connection.ts";
import type { Connection } from "./connection.ts";
import { DatabaseError, isDatabaseError, toDatabaseError } from "./database-error.ts";
import { copyDatabase } from "./copy-database.ts";
import { createJobReader } from "./job-reader.ts";
import type { ReadJob } from "./job-reader.ts";
import { batchLimits, flagPlaces } from "./read-messages.ts";
import type { ReadFailure, ReadReply, ReadRequest, ReadThreadData } from "./read-messages.ts";

const data = workerData as ReadThreadData;
const port = parentPort;
if (port === null) throw new Error("The reading thread was started without a parent.");
const flags = new Int32Array(data.flags);

let currentId = 0;
const isStopped = (): boolean => Atomics.load(flags, flagPlaces.stoppedId) === currentId;
const throwIfStopped = (): void => {
  if (isStopped()) throw new DatabaseError("ABORTED", "The read was stopped.");
};

let opened: Connection | undefined;
const connect = (): Connection => {
  opened ??= openConnection({
    path: data.path,
    busyTimeoutMs: data.busyTimeoutMs,
    statementCacheSize: data.statementCacheSize,
    readOnly: true,
    isStopped,
  });
  return opened;
};

const post = (reply: ReadReply): void => port.postMessage(reply);

/** Sends what it is given in bounded batches, waiting for the other side to take them in; returns the last batch. */
const sendBatches = (id: number, rows: Iterable<unknown>, maxRows: number): readonly unknown[] => {
  let batch: unknown[] = [];
  let bytes = 0;
  let sent = 0;
  let count = 0;
  for (const row of rows) {
    throwIfStopped();
    count += 1;
    if (count > maxRows) {
      const message = `The read has more than ${maxRows} rows (maxRows). Ask for fewer, or raise the limit.`;
      throw new DatabaseError("TOO_LARGE", message);
    }
    batch.push(row);
    bytes += sizeOf(row);
    if (batch.length < batchLimits.rows && bytes < batchLimits.bytes) continue;
    post({ kind: "rows", id, rows: batch });
    sent += 1;
    batch = [];
    bytes = 0;
    for (;;) {
      const taken = Atomics.load(flags, flagPlaces.takenBatches);
      throwIfStopped();
      if (sent - taken < batchLimits.underWay) break;
      Atomics.wait(flags, flagPlaces.takenBatches, taken);
    }
  }
  return batch;
};

const readAll = (id: number, sql: string, parameters: readonly unknown[], maxRows: number): void => {
  const statement = connect().prepare(sql);
  if (!statement.reader) throw new DatabaseError("SQL", "A reading thread got a statement that gives no rows.");
  // for-of ends the iterator also when it throws: an open one would hold the WAL back.
  const rows = sendBatches(id, statement.iterate(...parameters) as Iterable<unknown>, maxRows);
  post({ kind: "done", id, isList: true, rows });
};

const runJob = async (id: number, module: string, name: string, input: unknown): Promise<void> => {
  const connection = connect();
  const loaded = (await import(module)) as Readonly<Record<string, unknown>>;
  const job = loaded[name];
  if (typeof job !== "function") {
    throw new DatabaseError("JOB_FAILED", `${module} exports no function ${name}. Check the name of the read job.`);
  }
  // One read transaction: every statement of the job sees the same snapshot.
  connection.exec("BEGIN");
  const own = createJobReader(connection, throwIfStopped);
  let value: unknown;
  try {
    value = await (job as ReadJob<unknown, unknown>)(own.reader, input);
  } finally {
    own.end();
    if (connection.inTransaction()) connection.exec("ROLLBACK");
  }
  if (!Array.isArray(value)) return post({ kind: "done", id, isList: false, rows: [], value });
  const rows = sendBatches(id, value as readonly unknown[], Number.POSITIVE_INFINITY);
  return post({ kind: "done", id, isList: true, rows });
};

let folding: Connection | undefined;
const checkpoint = (id: number, mode: "PASSIVE" | "TRUNCATE"): void => {
  // Checkpoints need a connection that may write; they never wait for a lock.
  folding ??= openConnection({ path: data.path, busyTimeoutMs: 0, statementCacheSize: 1, readOnly: false });
  post({ kind: "done", id, isList: false, rows: [], value: folding.prepare(`PRAGMA wal_checkpoint(${mode})`).get() });
};

const copy = async (id: number, to: string, pagesPerStep: number): Promise<void> => {
  const value = await copyDatabase(connect(), to, {
    pagesPerStep,
    throwIfStopped,
    onProgress: (copiedPages, totalPages) => post({ kind: "progress", id, copiedPages, totalPages }),
  });
  post({ kind: "done", id, isList: false, rows: [], value });
};

const serve = async ({ id, operation }: ReadRequest): Promise<void> => {
  currentId = id;
  try {
    if (operation.kind === "end") {
      folding?.close();
      opened?.close();
      return port.close();
    }
    // It may have been stopped while the thread was starting.
    throwIfStopped();
    if (operation.kind === "all") readAll(id, operation.sql, operation.parameters, operation.maxRows);
    else if (operation.kind === "checkpoint") checkpoint(id, operation.mode);
    else if (operation.kind === "copy") await copy(id, operation.to, operation.pagesPerStep);
    else await runJob(id, operation.module, operation.name, operation.input);
  } catch (thrown) {
    post({ kind: "failed", id, failure: toFailure(thrown) });
  }
};

port.on("message", (request: ReadRequest) => void serve(request));

function toFailure(thrown: unknown): ReadFailure {
  const known = toDatabaseError(thrown, "Reading");
  if (isDatabaseError(known)) return { code: known.code, message: known.message };
  const { name, message } = known instanceof Error ? known : { name: "Error", message: String(known) };
  const code = known instanceof Error && "code" in known ? { code: String(known.code) } : {};
  return { code: "JOB_FAILED", message: `A read job failed: ${message}`, cause: { name, message, ...code } };
}

/** About how many bytes a row has on its way. Nested values of jobs count as text would. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return 2 * value.length;
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value !== "object" || value === null) return 8;
  let bytes = 16;
  for (const part of Object.values(value)) bytes += sizeOf(part);
  return bytes;
}
