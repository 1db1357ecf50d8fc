/** Who is spoken to: three echoes, and the gateway. */
export type SideKind = "ws" | "socket.io" | "sse" | "kingly";

/** What one process of load clients does in one round. */
export interface LoadPlan {
  readonly kind: SideKind;
  /** Address of the server without scheme and path: `127.0.0.1:7700`. */
  readonly host: string;
  readonly token: string;
  readonly clients: number;
  /** Messages of each client in a second. */
  readonly perSecond: number;
  /** Sent before the measured part, and thrown away. Milliseconds. */
  readonly warmupMs: number;
  readonly measureMs: number;
  /** So long may the last answers take. Milliseconds. */
  readonly drainMs: number;
  /** The clients are spread over so many workspaces. */
  readonly workspaces: number;
  /** Decides the phase of each client and the order of the utterances. */
  readonly seed: number;
}

/** One kind of waiting, in milliseconds, one entry per measured message that was answered. */
export interface Waits {
  /** From the instant the message was sent. */
  readonly fromSend: Float64Array;
  /** From the instant it should have been sent: a stalled client does not hide its own waiting. */
  readonly fromSchedule: Float64Array;
}

/** What came of a plan. */
export interface LoadResult {
  readonly messages: number;
  /** The ids said were this, `_`, and a number from 0 up to `said`, the warm-up included. */
  readonly prefix: string;
  readonly said: number;
  /** Echo: the message came back. Kingly: the first `reply`. */
  readonly heard: Waits;
  /** Kingly: the second `reply`, written after an fsync. Empty for the echo. */
  readonly recorded: Waits;
  /** Kingly: the first `state` that only the orchestrator can cause. Not every message has one. */
  readonly accepted: Waits;
  /** Messages, of the warm-up too, without their reply or without both of Kingly's. */
  readonly lost: number;
  /** Kingly: how often the log began again for a client. A workspace's first meeting with the orchestrator does that. */
  readonly resyncs: number;
  /** Up to ten things that should not be, and how many there were. */
  readonly faults: readonly string[];
  readonly faultCount: number;
}

/** What the process of load clients tells the bench. */
export type LoadNews =
  | { readonly phase: "measuring" }
  | { readonly phase: "measured" }
  | { readonly phase: "ended"; readonly result: LoadResult };
