import type { ServerResponse } from "node:http";
import * as closeCodes from "../close-codes.ts";
import { linkSubprotocol } from "../frames.ts";
import { holdUntilListened } from "../hold-until-listened.ts";
import type { Socket } from "../socket.ts";
import { responseToSink } from "./response-to-sink.ts";

/** Sockets of plain HTTP, for clients whose WebSockets do not pass. */
export interface HttpSockets {
  /** Makes a socket of a response: sends its head, the version and the id of the socket, then frames as server-sent events.
   *
   * The app has checked who asks, as for an upgrade; `owner` names who may post to this socket. */
  open(response: ServerResponse, owner: string): Socket;
  /** Gives a posted frame to its socket; resolves when it was read, at once unless the socket is paused.
   *
   * `unknown`: there is no such socket of this owner, or no more. `busy`: too many frames wait already. */
  post(id: string, owner: string, text: string): Promise<"taken" | "unknown" | "busy">;
}

// Who waits for each answer, as the client of this package does, never has more than one.
const maxWaitingPosts = 16;

interface Posts {
  readonly owner: string;
  take(text: string): "taken" | "busy" | Promise<"taken" | "unknown">;
}

/** Creates the sockets of one server. `makeId` must give ids that nobody can guess: 1 to 64 letters, digits, `_`, `-`. [LK39] */
export function createHttpSockets(makeId: () => string): HttpSockets {
  const sockets = new Map<string, Posts>();
  return {
    open(response, owner) {
      const id = makeId();
      const { socket, take } = openHttpSocket(response, id, () => sockets.delete(id));
      sockets.set(id, { owner, take });
      return socket;
    },
    async post(id, owner, text) {
      const socket = sockets.get(id);
      return socket?.owner === owner ? socket.take(text) : "unknown";
    },
  };
}

function openHttpSocket(
  response: ServerResponse,
  id: string,
  onGone: () => void,
): { readonly socket: Socket; readonly take: Posts["take"] } {
  const hold = holdUntilListened();
  const sink = responseToSink(response);
  const waiting: ((outcome: "taken" | "unknown") => void)[] = [];
  let isPaused = false;
  let isOpen = true;

  const write = (text: string): void => {
    if (isOpen) sink.write(`${text}\n\n`);
  };
  const leave = (code: number, reason: string): void => {
    if (!isOpen) return;
    isOpen = false;
    onGone();
    for (const settle of waiting.splice(0)) settle("unknown");
    hold.onClose(code, reason);
  };
  sink.onDrain(() => hold.onDrain());
  sink.onClose(() => leave(closeCodes.lost, ""));
  write(`event: ${linkSubprotocol}\ndata: ${id}`);
  return {
    socket: {
      listen: hold.listen,
      send: (text) => write(`data: ${text}`),
      close(code, reason) {
        write(`event: close\ndata: ${JSON.stringify({ code, reason })}`);
        leave(code, reason);
        sink.end();
      },
      bufferedBytes: () => response.writableLength,
      probe: () => write("event: probe"),
      pause: () => void (isPaused = true),
      resume() {
        isPaused = false;
        while (!isPaused && waiting.length > 0) waiting.shift()?.("taken");
      },
    },
    take(text) {
      if (!isPaused && waiting.length === 0) {
        hold.onMessage(text);
        return "taken";
      }
      if (waiting.length >= maxWaitingPosts) return "busy";
      return new Promise((resolve) => {
        waiting.push((outcome) => {
          if (outcome === "taken") hold.onMessage(text);
          resolve(outcome);
        });
      });
    },
  };
}
