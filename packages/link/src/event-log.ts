/** Where a stream stands: `epoch` names the log, `head` is the newest seq, `low` the oldest held.
 *
 * Seqs are whole numbers without gaps, the first is 1. A log that holds nothing has `low = head + 1`. */
export interface Position {
  readonly epoch: string;
  readonly head: number;
  readonly low: number;
  /** The chain at `head`, in a hello or resync of a log that has one. */
  readonly chain?: string | undefined;
}

/** One event of a log. The body is opaque: a JSON object whose names are not the link's own (`t`, `seq`, `chain`). */
export interface LoggedEvent<Body extends object = object> {
  readonly seq: number;
  /** The chain at this seq; left out where it is not 1 to 64 letters and digits. See {@link EventLog.chainAt}. */
  readonly chain?: string | undefined;
  readonly body: Body;
}

/** The log of one stream, owned by the app. The link buffers nothing: it reads here again.
 *
 * `read` gives the events after `afterSeq` in order, at most `limit`, and sees all up to `position().head`.
 * The epoch changes only when seqs can no longer be trusted (a restored backup, a lost tail). */
export interface EventLog<Body extends object = object> {
  position(): Position;
  read(afterSeq: number, limit: number): readonly LoggedEvent<Body>[] | Promise<readonly LoggedEvent<Body>[]>;
  /** Returns what stands for the whole log up to `seq`: 1 to 64 letters and digits, another one when any event before it
   * is another (the beginning of a chained hash). Undefined where it is not known. Without it only seqs are compared. [LK36] */
  chainAt?(seq: number): string | undefined;
  /** Calls `onAppend` after something newer was committed, or the epoch changed. Returns the way to stop it. */
  subscribe(onAppend: () => void): () => void;
}
