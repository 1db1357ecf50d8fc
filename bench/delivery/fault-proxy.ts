import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import type { Random } from "@kingly/runtime";

/** What the proxy does to a connection. `stall` and `halfOpen` stop all bytes, `oneWay` those of one direction. */
export type FaultKind = "reset" | "stall" | "halfOpen" | "oneWay" | "delay" | "split";

/** A TCP proxy that misbehaves, by a seed. */
export interface FaultProxy {
  readonly port: number;
  /** How often each fault was committed. */
  readonly counts: Readonly<Record<FaultKind, number>>;
  /** No more faults: broken connections are reset, so that whoever waits on one learns of it. */
  calm(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  broken: boolean;
}

// Resets are what networks do most; a connection that is silently dead is rare and the worst.
const weights: readonly (readonly [FaultKind, number])[] = [
  ["reset", 50],
  ["stall", 18],
  ["delay", 12],
  ["split", 12],
  ["halfOpen", 4],
  ["oneWay", 4],
];

/** Opens a proxy to `target` on the loopback; each connection has a fault about every `faultMs`, or none when 0. */
export async function openFaultProxy(
  deps: { readonly random: Random },
  options: { readonly target: number; readonly faultMs: number },
): Promise<FaultProxy> {
  const { random } = deps;
  const pairs = new Set<Pair>();
  const counts = { reset: 0, stall: 0, halfOpen: 0, oneWay: 0, delay: 0, split: 0 };
  let isCalm = options.faultMs === 0;

  const end = (pair: Pair): void => {
    pairs.delete(pair);
    pair.near.resetAndDestroy();
    pair.far.resetAndDestroy();
  };
  const choose = (): FaultKind => {
    let rest = random.fraction() * weights.reduce((sum, [, weight]) => sum + weight, 0);
    return weights.find(([, weight]) => (rest -= weight) < 0)?.[0] ?? "reset";
  };
  const commit = (pair: Pair, flows: readonly Flow[]): void => {
    const kind = choose();
    counts[kind] += 1;
    const forMs = 100 + random.fraction() * 700;
    if (kind === "reset") return end(pair);
    if (kind === "halfOpen" || kind === "oneWay") pair.broken = true;
    for (const flow of kind === "oneWay" ? flows.slice(0, 1 + Math.floor(random.fraction())) : flows) {
      flow.be(kind === "oneWay" ? "halfOpen" : kind);
      if (kind !== "halfOpen" && kind !== "oneWay") setTimeout(() => flow.be("well"), forMs);
    }
    return undefined;
  };

  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: options.target, host: "127.0.0.1", noDelay: true });
    const pair: Pair = { near, far, broken: false };
    pairs.add(pair);
    for (const socket of [near, far]) socket.on("error", () => {}).on("close", () => end(pair));
    const flows = [pipe(random, far, near), pipe(random, near, far, withHost(options.target))];
    const soon = (): void => {
      if (!pairs.has(pair) || isCalm) return;
      // Faults come at random, as a Poisson process: the time between two of them has no memory.
      const waitMs = -Math.log(1 - random.fraction()) * options.faultMs;
      setTimeout(() => {
        if (pairs.has(pair) && !isCalm && !pair.broken) commit(pair, flows);
        soon();
      }, waitMs);
    };
    soon();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    counts,
    calm() {
      isCalm = true;
      for (const pair of pairs) if (pair.broken) end(pair);
    },
    async close() {
      isCalm = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const pair of pairs) end(pair);
      await closed;
    },
  };
}

type FlowState = "well" | "stall" | "halfOpen" | "delay" | "split";

interface Flow {
  be(state: FlowState): void;
}

/** Names the target in the handshake: a server that is exact about `Host` must not meet the proxy's own port. */
function withHost(target: number): (first: Buffer) => Buffer {
  return (first) => Buffer.from(first.toString("latin1").replace(/^(host: [^:]+:)\d+/im, `$1${target}`), "latin1");
}

/** Carries bytes from one socket to the other, in order, as well or badly as its state says. */
function pipe(random: Random, from: Socket, to: Socket, onFirst?: (first: Buffer) => Buffer): Flow {
  let state: FlowState = "well";
  let isFirst = true;
  const waiting: Buffer[] = [];
  let isWaiting = false;
  const write = (bytes: Buffer): void => {
    if (to.destroyed || to.write(bytes)) return;
    from.pause();
    to.once("drain", () => from.resume());
  };
  const pump = (): void => {
    isWaiting = false;
    for (let bytes = waiting.shift(); bytes !== undefined; bytes = waiting.shift()) {
      if (state === "stall" || state === "halfOpen") {
        waiting.unshift(bytes);
        return;
      }
      if (state === "well") {
        write(bytes);
        continue;
      }
      const length = state === "split" ? 1 + Math.floor(random.fraction() * 7) : bytes.length;
      write(bytes.subarray(0, length));
      if (length < bytes.length) waiting.unshift(bytes.subarray(length));
      isWaiting = true;
      if (state === "split") setImmediate(pump);
      else setTimeout(pump, 1 + random.fraction() * 15);
      return;
    }
    from.resume();
  };
  from.on("data", (bytes: Buffer) => {
    // What a dead connection swallowed is gone with it; the proxy keeps no more than this.
    if (waiting.length > 256) from.pause();
    waiting.push(isFirst && onFirst !== undefined ? onFirst(bytes) : bytes);
    isFirst = false;
    if (!isWaiting) pump();
  });
  return {
    be(next) {
      state = next;
      if (!isWaiting) pump();
    },
  };
}
