import type { Socket, SocketListener } from "../src/index.ts";

type End = "client" | "server";

/** Two ends of one connection as a value: what was sent lies in a queue until the test lets it through. */
export interface SocketPair {
  readonly client: Socket;
  readonly server: Socket;
  /** Delivers up to `count` things that this end sent; returns how many there were. */
  flush(from: End, count?: number): number;
  /** Delivers until nothing is left on either side. */
  flushAll(): void;
  /** Both ends learn at once that the connection is lost; what is queued is lost. */
  cut(): void;
  /** The network swallows everything from now on, and nobody is told. */
  silence(): void;
  /** Frames waiting to be delivered, parsed. */
  queued(from: End): unknown[];
  /** Everything this end ever sent. */
  sent(from: End): string[];
  isOpen(): boolean;
  /** The close that this end asked for. */
  closedBy(end: End): { code: number; reason: string } | undefined;
}

export function createSocketPair(): SocketPair {
  const queues: Record<End, string[]> = { client: [], server: [] };
  const history: Record<End, string[]> = { client: [], server: [] };
  const listeners: Partial<Record<End, SocketListener>> = {};
  const closes: Partial<Record<End, { code: number; reason: string }>> = {};
  let open = true;
  let silent = false;
  const other = (end: End): End => (end === "client" ? "server" : "client");

  const socketOf = (end: End): Socket => ({
    listen(listener) {
      listeners[end] = listener;
    },
    send(text) {
      if (!open || closes[end] !== undefined) return;
      queues[end].push(text);
      history[end].push(text);
    },
    close(code, reason) {
      if (closes[end] !== undefined) return;
      closes[end] = { code, reason };
      if (!open || silent) return;
      // A close arrives after what was sent before it.
      open = false;
      for (const text of queues[end].splice(0)) listeners[other(end)]?.onMessage(text);
      listeners[other(end)]?.onClose(code, reason);
    },
    bufferedBytes: () => queues[end].reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    probe() {
      if (open && !silent) listeners[end]?.onAlive();
    },
  });
  const flush = (from: End, count = Number.POSITIVE_INFINITY): number => {
    if (silent || !open) return 0;
    let delivered = 0;
    while (delivered < count && open) {
      const text = queues[from].shift();
      if (text === undefined) break;
      delivered += 1;
      listeners[other(from)]?.onMessage(text);
    }
    if (delivered > 0 && open) listeners[from]?.onDrain();
    return delivered;
  };
  return {
    client: socketOf("client"),
    server: socketOf("server"),
    flush,
    flushAll() {
      while (flush("client") + flush("server") > 0);
    },
    cut() {
      if (!open) return;
      open = false;
      queues.client.length = 0;
      queues.server.length = 0;
      listeners.client?.onClose(1006, "");
      listeners.server?.onClose(1006, "");
    },
    silence() {
      silent = true;
    },
    queued: (from) => queues[from].map((text) => JSON.parse(text) as unknown),
    sent: (from) => history[from],
    isOpen: () => open,
    closedBy: (end) => closes[end],
  };
}
