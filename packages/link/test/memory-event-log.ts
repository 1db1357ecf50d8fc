import type { EventLog, LoggedEvent } from "../src/index.ts";

/** An event log in memory that can be trimmed, replaced and read slowly. */
export interface MemoryEventLog extends EventLog<{ n: number }> {
  append(count?: number): void;
  appendBody(body: object): void;
  trim(low: number): void;
  /** The log is another one now, standing at `head`. */
  restore(epoch: string, head: number): void;
  /** The log is another one now, with the same seqs and other bodies. */
  replace(epoch: string): void;
  /** The last `count` events are lost, and others come in their place; without a new epoch. */
  loseAndRefill(count: number, refill: number): void;
  /** How many listen for appends. */
  listeners(): number;
  /** How often `read` was called. */
  reads(): number;
}

export function createMemoryEventLog(
  options: { epoch?: string; slow?: boolean; /** Has a chain: `c` and the life of each seq. */ chained?: boolean } = {},
): MemoryEventLog {
  let epoch = options.epoch ?? "e1";
  let head = 0;
  let low = 1;
  let reads = 0;
  let life = 1;
  const chains = new Map<number, string>([[0, "c0"]]);
  let bodies = new Map<number, { n: number }>();
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const read = (afterSeq: number, limit: number): readonly LoggedEvent<{ n: number }>[] => {
    const rows: LoggedEvent<{ n: number }>[] = [];
    for (let seq = afterSeq + 1; seq <= head && rows.length < limit; seq += 1) {
      const body = bodies.get(seq);
      if (body !== undefined)
        rows.push({ seq, body, ...(options.chained === true ? { chain: String(chains.get(seq)) } : {}) });
    }
    return rows;
  };
  return {
    ...(options.chained === true ? { chainAt: (seq: number) => chains.get(seq) } : {}),
    position: () => ({ epoch, head, low }),
    read(afterSeq, limit) {
      reads += 1;
      return options.slow === true ? Promise.resolve().then(() => read(afterSeq, limit)) : read(afterSeq, limit);
    },
    subscribe(onAppend) {
      listeners.add(onAppend);
      return () => void listeners.delete(onAppend);
    },
    append(count = 1) {
      for (let made = 0; made < count; made += 1) {
        head += 1;
        bodies.set(head, { n: head });
        chains.set(head, `c${life}x${head}`);
      }
      tell();
    },
    appendBody(body) {
      head += 1;
      bodies.set(head, body as { n: number });
      tell();
    },
    loseAndRefill(count, refill) {
      head -= count;
      life += 1;
      this.append(refill);
    },
    trim(newLow) {
      for (let seq = low; seq < newLow; seq += 1) bodies.delete(seq);
      low = Math.max(low, newLow);
    },
    restore(newEpoch, newHead) {
      epoch = newEpoch;
      head = newHead;
      low = newHead + 1;
      bodies = new Map();
      tell();
    },
    replace(newEpoch) {
      epoch = newEpoch;
      bodies = new Map([...bodies].map(([seq, body]) => [seq, { n: -body.n }]));
      tell();
    },
    listeners: () => listeners.size,
    reads: () => reads,
  };
}
