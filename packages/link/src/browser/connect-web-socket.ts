import * as closeCodes from "../close-codes.ts";
import { linkSubprotocol } from "../frames.ts";
import { holdUntilListened } from "../hold-until-listened.ts";
import { LinkError } from "../link-error.ts";
import type { Socket } from "../socket.ts";

/** Options of {@link connectWebSocket}. */
export interface ConnectWebSocketOptions {
  /** Gives up when aborted: the link client's own signal. */
  readonly signal?: AbortSignal;
}

/** Opens a WebSocket from a browser: subprotocol `kingly.1`; cookies say who it is. [LK32]
 *
 * Rejects with {@link LinkError} `CONNECT_FAILED`; browsers do not tell why a handshake failed.
 * Pages may close only with 1000 and 3000 to 4999: other codes go out as 3000 more, 1002 as 4002. */
export async function connectWebSocket(url: string | URL, options: ConnectWebSocketOptions = {}): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const webSocket = new WebSocket(url, [linkSubprotocol]);
    const hold = holdUntilListened();
    const close = (code: number, reason: string): void =>
      webSocket.close(code === closeCodes.normal ? code : code + 3_000, reason.slice(0, 120));
    const abort = (): void => webSocket.close();
    const { signal } = options;
    webSocket.addEventListener("open", () => {
      signal?.removeEventListener("abort", abort);
      resolve({
        listen: hold.listen,
        send(text) {
          if (webSocket.readyState === webSocket.OPEN) webSocket.send(text);
        },
        close,
        bufferedBytes: () => webSocket.bufferedAmount,
      });
    });
    webSocket.addEventListener("message", ({ data }: { readonly data: unknown }) => {
      if (typeof data === "string") hold.onMessage(data);
      else close(closeCodes.notText, "text frames only");
    });
    webSocket.addEventListener("close", ({ code, reason }) => {
      // Before `open` this is the refusal; after it the promise is settled and only the listener hears.
      reject(new LinkError("CONNECT_FAILED", `no WebSocket, close code ${code}`));
      hold.onClose(code, reason);
    });
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
  });
}
