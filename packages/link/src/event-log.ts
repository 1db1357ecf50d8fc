/** Where a stream stands: `epoch` names the log, `head` is the newest seq, `low` the oldest held.
 *
 * Seqs are whole numbers without gaps, the first is 1. A log that holds nothing has `low = head + 1`. */
export interface Position {
  readonly epoch: string;
  readonly head: number;
  readonly low: number;
}

/** One event of a log. The body is opaque: a JSON object whose names are not the link's own (`t`, `seq`). */
export interface LoggedEvent<Body extends object = object> {
  readonly seq: number;
  readonly body: Body;
}

/** The log of one stream, owned by the app. The link buffers nothing: it reads here again.
 *
 * `read` gives the events after `afterSeq` in order, at most `limit`, and sees all up to `position().head`.
 * The epoch changes only when seqs can no longer be trusted (a restored backup, a lost tail). */
export interface EventLog<Body extends object = object> {
  position(): Position;
  read(afterSeq: number, limit: number): readonly LoggedEvent<Body>[] | Promise<readonly LoggedEvent<Body>[]>;
  /** Calls `onAppend` after something newer was committed, or the epoch changed. Returns the way to stop it. */
  subscribe(onAppend: () => void): () => void;
}
