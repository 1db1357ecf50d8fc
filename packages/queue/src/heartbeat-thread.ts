import { Worker } from "node:worker_threads";
import type { Clock, Log } from "@kingly/runtime";
import { siblingModule } from "@kingly/sqlite";
import { errorText } from "./error-text.ts";
import { machineMs, sharedBeat, sharedBytes } from "./shared-beat.ts";
import type { HeartbeatThreadData } from "./shared-beat.ts";

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
  const shared = new SharedArrayBuffer(sharedBytes);
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
