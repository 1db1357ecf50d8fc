// Why a socket was closed: the WebSocket close codes of the link, imported as `closeCodes`. [LK4]

/** Nobody needs the link any more. */
export const normal = 1000;
/** The server is stopping, or the peer is silent. */
export const goingAway = 1001;
/** The first frame was not a hello, it came too late, or too many frames were bad. */
export const protocol = 1002;
/** A binary frame arrived. */
export const notText = 1003;
/** No close frame arrived; never sent, only reported. */
export const lost = 1006;
/** Not, or no longer, allowed. A client does not come back by itself. */
export const auth = 1008;
/** A frame exceeded the limit. */
export const size = 1009;
/** The event log failed. */
export const failure = 1011;
/** The peer reads too slowly. It may come back and resume. */
export const slow = 1013;
