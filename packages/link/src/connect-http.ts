import * as closeCodes from "./close-codes.ts";
import { linkSubprotocol, maxFrameBytes } from "./frames.ts";
import { holdUntilListened } from "./hold-until-listened.ts";
import { LinkError } from "./link-error.ts";
import type { Socket } from "./socket.ts";

/** Where a link over plain HTTP is. */
export interface HttpAddress {
  /** `GET` here opens the stream of a socket; `POST` to the same path, `/` and the id of the socket takes one frame. */
  readonly streamUrl: string;
  /** Headers of every request, for example `authorization`. Default: none, cookies say who it is. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Opens a {@link Socket} of plain HTTP, for where WebSockets do not pass: the frames of a WebSocket, down as server-sent
 * events and up by POSTs, one after the other. [LK39]
 *
 * Rejects with {@link LinkError} `CONNECT_FAILED`, also when the stream speaks another version. A frame that is refused as such (400, 413) is answered by its error;
 * any other failure of a POST is the loss of the socket. */
export async function connectHttp(address: HttpAddress, signal?: AbortSignal): Promise<Socket> {
  const { streamUrl, headers = {} } = address;
  const [path] = streamUrl.split("?");
  const hold = holdUntilListened();
  const over = new AbortController();
  const until = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  let posted = Promise.resolve();
  let waitingBytes = 0;
  let id = "";

  const end = (code: number, reason: string): void => {
    over.abort();
    hold.onClose(code, reason);
  };
  const lose = (cause: unknown): void => end(closeCodes.lost, String(cause));

  const post = async (text: string): Promise<void> => {
    if (until.aborted) return;
    const response = await fetch(`${path}/${id}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: text,
      signal: until,
    });
    if (response.ok) return;
    const { status } = response;
    if (status !== 400 && status !== 413) throw new Error(`a frame was refused with ${status}`);
    const { error } = (await response.json()) as { readonly error: object };
    const frame = JSON.parse(text) as { readonly id?: string };
    hold.onMessage(JSON.stringify({ ...error, t: "error", id: frame.id }));
  };
  const send = (text: string): void => {
    waitingBytes += text.length;
    posted = posted
      .then(() => post(text))
      .catch(lose)
      .then(() => {
        waitingBytes -= text.length;
        hold.onDrain();
      });
  };

  const response = await fetch(streamUrl, {
    headers: { accept: "text/event-stream", ...headers },
    cache: "no-store",
    signal: until,
  });
  const { status, body } = response;
  if (!response.ok || !body) throw new LinkError("CONNECT_FAILED", `the stream was refused with ${status}`);
  return new Promise((resolve, reject) => {
    const take = (block: string): void => {
      // Only \n ends a line here: for `^`, `.` and `$` U+2028 would end one too, and texts hold it.
      const field = (name: string): string => new RegExp(`(?:^|\n)${name}: ([^\n]*)`).exec(block)?.[1] ?? "";
      const name = field("event");
      const data = field("data");
      if (!id) {
        if (name !== linkSubprotocol) throw new Error(`the stream does not speak ${linkSubprotocol}`);
        id = data;
        return resolve({ listen: hold.listen, send, close: end, bufferedBytes: () => waitingBytes });
      }
      switch (name) {
        case "probe":
          return send('{"t":"ping"}');
        case "close": {
          const { code, reason } = JSON.parse(data) as { readonly code: number; readonly reason: string };
          return end(code, reason);
        }
        case "":
          return hold.onMessage(data);
        default:
          // What a later version names is not for us.
          return undefined;
      }
    };
    const follow = async (): Promise<void> => {
      const reader = body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        hold.onAlive();
        const blocks = (rest + part.value).split("\n\n");
        rest = blocks.pop() ?? "";
        blocks.forEach(take);
        if (rest.length > maxFrameBytes + 64) throw new Error("a frame is too large");
      }
      throw new Error("the stream ended");
    };
    follow().catch((cause: unknown) => {
      reject(new LinkError("CONNECT_FAILED", String(cause)));
      lose(cause);
    });
  });
}
