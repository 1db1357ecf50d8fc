import { Worker } from "node:worker_threads";
import { DatabaseError } from "./database-error.ts";
import { flagPlaces } from "./read-messages.ts";
import type { ReadOperation, ReadReply, ReadRequest, ReadThreadData } from "./read-messages.ts";
import { siblingModule } from "./sibling-module.ts";

/** One reading thread as the main thread sees it. */
export interface ReadThread {
  /** Sends one request; only when the last one has ended. `batches` gets what comes before its end. */
  send(request: ReadRequest, answer: ReadAnswer): void;
  /** Asks the request that runs to stop: between rows, at the next statement, or in `keep_going`. */
  stop(): void;
  /** Ends the thread: politely, so that it closes its file. Resolves when it has ended. */
  end(): Promise<void>;
  /** Ends the thread without asking. A statement inside SQLite runs on until it gives a row or ends. */
  terminate(): void;
}

/** Who hears what a request comes to. */
export interface ReadAnswer {
  progress?(copiedPages: number, totalPages: number): void;
  done(value: unknown): void;
  failed(error: DatabaseError): void;
}

/** Starts a thread. It keeps the process alive only while it works. `ended` is told once, when it is gone. */
export function startReadThread(options: Omit<ReadThreadData, "flags">, ended: () => void): ReadThread {
  const flags = new Int32Array(new SharedArrayBuffer(8));
  const workerData: ReadThreadData = { ...options, flags: flags.buffer };
  const worker = new Worker(siblingModule(import.meta.url, "./read-thread-main"), {
    workerData,
    name: "sqlite-read",
    // Flags of the process may not fit a thread: one with --input-type would not start.
    execArgv: [],
  });
  worker.unref();
  const exit = Promise.withResolvers<void>();
  let running: { readonly id: number; readonly answer: ReadAnswer; readonly rows: unknown[] } | undefined;
  let why = "it ended";

  const take = (): void => {
    Atomics.add(flags, flagPlaces.takenBatches, 1);
    Atomics.notify(flags, flagPlaces.takenBatches);
  };
  const settle = (): ReadAnswer | undefined => {
    const answer = running?.answer;
    running = undefined;
    worker.unref();
    return answer;
  };
  worker.on("message", (reply: ReadReply) => {
    if (reply.id !== running?.id) return;
    if (reply.kind === "progress") {
      running.answer.progress?.(reply.copiedPages, reply.totalPages);
      return;
    }
    if (reply.kind === "failed") {
      settle()?.failed(toError(reply.failure));
      return;
    }
    // Not spread into push(): a call takes a limited number of arguments.
    for (const row of reply.rows) running.rows.push(row);
    if (reply.kind === "rows") {
      // In a later turn, so that other work comes between two batches.
      setImmediate(take);
      return;
    }
    const value = reply.isList ? running.rows : reply.value;
    settle()?.done(value);
  });
  worker.on("error", (error) => {
    why = error instanceof Error ? error.message : String(error);
  });
  worker.on("exit", () => {
    const message = `A reading thread stopped: ${why}. Try the read again; the next one gets a new thread.`;
    // First of all, so that nobody gives the dead thread more to do.
    ended();
    settle()?.failed(new DatabaseError("READER_ENDED", message));
    exit.resolve();
  });

  return {
    send(request, answer) {
      running = { id: request.id, answer, rows: [] };
      Atomics.store(flags, flagPlaces.takenBatches, 0);
      worker.ref();
      worker.postMessage(request);
    },
    stop() {
      if (running === undefined) return;
      Atomics.store(flags, flagPlaces.stoppedId, running.id);
      take();
      worker.unref();
    },
    end() {
      // Somebody waits for the end: the process must not leave before it.
      worker.ref();
      worker.postMessage({ id: 0, operation: { kind: "end" } satisfies ReadOperation } satisfies ReadRequest);
      return exit.promise;
    },
    terminate() {
      why = "it did not stop when it was asked to";
      void worker.terminate();
      worker.unref();
    },
  };
}

function toError({ code, message, cause }: Extract<ReadReply, { kind: "failed" }>["failure"]): DatabaseError {
  if (cause === undefined) return new DatabaseError(code, message);
  const original = Object.assign(new Error(cause.message), cause);
  return new DatabaseError(code, message, { cause: original });
}
