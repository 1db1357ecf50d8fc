/** What the heartbeat thread is told at its start. */
export interface HeartbeatThreadData {
  readonly path: string;
  readonly epoch: number;
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  readonly shared: SharedArrayBuffer;
}

/** What both threads see. `held`: jobs held now. `offset`: wall clock less `machineMs`. `aliveAt`: when the event loop
 * turned last, in `machineMs`. */
export interface SharedBeat {
  readonly held: Int32Array<SharedArrayBuffer>;
  readonly offset: Float64Array;
  readonly aliveAt: Float64Array;
}

/** Bytes of the shared memory. */
export const sharedBytes = 24;

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
