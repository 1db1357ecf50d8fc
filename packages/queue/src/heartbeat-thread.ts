import { Worker } from "node:worker_threads";
import type { Clock, Log } from "@kingly/runtime";
import { siblingModule } from "@kingly/sqlite";
import { errorText } from "./error-text.ts";

/** What the thread is told at its start. */
export interface HeartbeatThreadData {
  readonly path: string;
  readonly epoch: number;
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  readonly shared: SharedArrayBuffer;
}

/** What both threads see. `held`: jobs held now. `offset`: wall clock less the monotonic one, in ms. `aliveAt`: when the
 * event loop turned last, in ms of the monotonic clock of the machine. */
export interface SharedBeat {
  readonly held: Int32Array;
  readonly offset: Float64Array;
  readonly aliveAt: Float64Array;
}

/** A loop that did not turn for so long is taken for lost: its leases are renewed no more. [Q42] */
export const longestBlockMs = 600_000;

/** Lays the shared memory out. */
export function sharedBeat(shared: SharedArrayBuffer): SharedBeat {
  return {
    held: new Int32Array(shared, 0, 1),
    offset: new Float64Array(shared, 8, 1),
    aliveAt: new Float64Array(shared, 16, 1),
  };
}

/** Milliseconds that never go back and are the same in all threads of the process. */
export function machineMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Renews leases from outside of the event loop. */
export interface HeartbeatThread {
  /** Says how many jobs are held; the first one starts the thread. */
  held(jobs: number): void;
  /** Says that the event loop turns. */
  alive(): void;
  stop(): Promise<void>;
}

/** Creates the heart that beats while a handler blocks the event loop: a thread with a connection of its own. [Q42] */
export function createHeartbeatThread(
  deps: { readonly clock: Clock; readonly log: Log },
  { path, epoch, leaseMs, heartbeatMs }: Omit<HeartbeatThreadData, "shared">,
): HeartbeatThread {
  const shared = new SharedArrayBuffer(24);
  const beat = sharedBeat(shared);
  let worker: Worker | undefined;
  let exit: Promise<void> | undefined;

  const alive = (): void => {
    const nowMs = machineMs();
    beat.offset[0] = deps.clock.nowMs() - nowMs;
    beat.aliveAt[0] = nowMs;
  };
  const begin = (): void => {
    const workerData: HeartbeatThreadData = { path, epoch, leaseMs, heartbeatMs, shared };
    worker = new Worker(siblingModule(import.meta.url, "./heartbeat-thread-main"), { workerData, name: "queue-beat" });
    worker.unref();
    worker.on("error", (thrown) => {
      deps.log.error("the heartbeat thread ended; leases are renewed by the event loop alone", {
        error: errorText(thrown),
      });
    });
    exit = new Promise((resolve) => void worker?.once("exit", () => resolve()));
  };

  return {
    held(jobs) {
      const before = Atomics.exchange(beat.held, 0, jobs);
      if (jobs === 0 || before > 0) return;
      alive();
      if (worker === undefined) begin();
      else Atomics.notify(beat.held, 0);
    },
    alive,
    async stop() {
      if (worker === undefined) return;
      worker.ref();
      worker.postMessage("stop");
      await exit;
    },
  };
}
