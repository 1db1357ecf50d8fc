/** What a socket tells its one listener. Nothing is told after `onClose`. */
export interface SocketListener {
  onMessage(text: string): void;
  onClose(code: number, reason: string): void;
  /** Buffered bytes have left. May be called too often, or never: the link also looks by the clock. */
  onDrain(): void;
  /** The peer's machine gave a sign of life that is not a frame (a protocol pong). */
  onAlive(): void;
}

/** An open, ordered, message-keeping connection: all that the link needs of a network.
 *
 * What arrives before `listen` is kept for it, a close included. After `close`, `send` does nothing. */
export interface Socket {
  /** Names the one listener; called once. */
  listen(listener: SocketListener): void;
  send(text: string): void;
  close(code: number, reason: string): void;
  /** How many bytes were sent and have not left this process. */
  bufferedBytes(): number;
  /** Asks the peer's machine for a sign of life, where the transport can; answered through `onAlive`. */
  probe?(): void;
  /** Reads nothing more until `resume`, where the transport can; what was read already still arrives. */
  pause?(): void;
  resume?(): void;
}

/** Opens one socket, or rejects. The signal aborts when nobody waits any more. */
export type Connect = (signal: AbortSignal) => Promise<Socket>;
