/** Why a socket was closed: WebSocket close codes used by the link. [LK4] */
export const closeCodes: {
  readonly normal: 1000;
  readonly goingAway: 1001;
  readonly protocol: 1002;
  readonly notText: 1003;
  readonly lost: 1006;
  readonly auth: 1008;
  readonly size: 1009;
  readonly failure: 1011;
  readonly slow: 1013;
} = {
  /** Nobody needs the link any more. */
  normal: 1000,
  /** The server is stopping. */
  goingAway: 1001,
  /** The first frame was not a hello, it came too late, or too many frames were bad. */
  protocol: 1002,
  /** A binary frame arrived. */
  notText: 1003,
  /** No close frame arrived; never sent, only reported. */
  lost: 1006,
  /** Not, or no longer, allowed. A client does not come back by itself. */
  auth: 1008,
  /** A frame exceeded the limit. */
  size: 1009,
  /** The event log failed. */
  failure: 1011,
  /** The peer reads too slowly. It may come back and resume. */
  slow: 1013,
};
