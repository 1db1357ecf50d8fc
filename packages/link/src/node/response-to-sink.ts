import type { ServerResponse } from "node:http";
import type { StreamSink } from "../event-stream.ts";

/** Sends the head of an event stream on an HTTP response and dresses it as a {@link StreamSink}. [LK31]
 *
 * `headers` are added to `content-type`, `cache-control: no-store` and `x-accel-buffering: no`. */
export function responseToSink(response: ServerResponse, headers: Readonly<Record<string, string>> = {}): StreamSink {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    ...headers,
  });
  response.flushHeaders();
  response.on("error", () => {});
  return {
    write: (text) => response.write(text),
    onDrain: (callback) => void response.on("drain", callback),
    onClose: (callback) => void response.on("close", callback),
    // A reader that is stuck never takes the end; destroying is what frees the socket.
    end: () => void (response.writableNeedDrain ? response.destroy() : response.end()),
  };
}
