import type { Clock, Log, Timer } from "@kingly/runtime";
import { closeCodes } from "./close-codes.ts";
import type { ServerFrame } from "./frames.ts";
import { startHeartbeat } from "./heartbeat.ts";
import type { Heartbeat, HeartbeatTimes } from "./heartbeat.ts";
import { readServerFrame } from "./read-server-frame.ts";
import { createSendGate } from "./send-gate.ts";
import type { SendGate, SendLimits } from "./send-gate.ts";
import type { Socket } from "./socket.ts";

/** One attempt of a client: from opening a socket to its loss. */
export interface ClientConnection {
  send(text: string): void;
  hasRoom(): boolean;
  /** Gives the connection up: `onLost` is called. */
  shut(reason: string): void;
  /** Ends the connection without a word to the client. */
  end(): void;
}

/** What a connection tells. Nothing after `onLost`, and `onLost` once. */
export interface ClientConnectionOptions extends SendLimits, HeartbeatTimes {
  readonly connectMs: number;
  /** What the hello says, asked when the socket is open. */
  hello(): { readonly after: string | null; readonly chain?: string };
  onFrame(frame: ServerFrame, from: ClientConnection): void;
  onRoom(): void;
  onLost(reason: string, code: number): void;
}

/** Opens a socket, says hello and passes frames on, hello first. [LK19][LK28] */
export function openClientConnection(
  deps: { readonly clock: Clock; readonly log: Log; readonly connect: (signal: AbortSignal) => Promise<Socket> },
  options: ClientConnectionOptions,
): ClientConnection {
  const { clock, log } = deps;
  const opening = new AbortController();
  let over = false;
  let greeted = false;
  let socket: Socket | undefined;
  let gate: SendGate | undefined;
  let heartbeat: Heartbeat | undefined;

  const end = (code: number, reason: string): boolean => {
    if (over) return false;
    over = true;
    patience.cancel();
    heartbeat?.stop();
    gate?.close();
    opening.abort();
    socket?.close(code, reason);
    return true;
  };
  const lose = (reason: string, code: number = closeCodes.lost): void => {
    if (end(closeCodes.goingAway, reason)) options.onLost(reason, code);
  };
  const wait = (reason: string): Timer => clock.setTimer(options.connectMs, () => lose(reason));
  let patience = wait(`no socket within ${options.connectMs} ms`);

  const hear = (text: string): void => {
    heartbeat?.heard();
    const frame = readServerFrame(text);
    if (!frame.ok) {
      // What a newer server says beyond this version is not for us; what is garbled breaks the stream.
      if (frame.error.code === "unknown_frame") log.debug("link: an unknown frame was skipped");
      else lose(`a bad frame: ${frame.error.message}`);
      return;
    }
    if (greeted === (frame.value.t === "hello")) {
      // Before the hello only an error makes sense: it says why there will be none.
      if (frame.value.t !== "error") return lose("hello is out of order");
    }
    if (frame.value.t === "hello") {
      greeted = true;
      patience.cancel();
    }
    options.onFrame(frame.value, connection);
  };
  const start = (opened: Socket): void => {
    if (over) return opened.close(closeCodes.goingAway, "too late");
    socket = opened;
    gate = createSendGate(
      { clock, socket: opened },
      { ...options, onRoom: () => options.onRoom(), onSlow: () => lose("the server reads too slowly") },
    );
    patience.cancel();
    patience = wait(`no hello within ${options.connectMs} ms`);
    heartbeat = startHeartbeat(clock, {
      ...options,
      probe: () => connection.send('{"t":"ping"}'),
      dead: () => lose("the server is silent"),
    });
    opened.listen({
      onMessage: (text) => (over ? undefined : hear(text)),
      onClose: (code, reason) => lose(reason === "" ? `the socket closed with ${code}` : reason, code),
      onDrain: () => gate?.drained(),
      onAlive: () => heartbeat?.heard(),
    });
    connection.send(JSON.stringify({ t: "hello", ...options.hello() }));
    return undefined;
  };

  const connection: ClientConnection = {
    send: (text) => (over ? undefined : gate?.send(text)),
    hasRoom: () => !over && gate?.hasRoom() === true,
    shut: (reason) => lose(reason),
    end: () => void end(closeCodes.normal, "done"),
  };
  const connecting = new Promise<Socket>((resolve) => resolve(deps.connect(opening.signal)));
  connecting.then(start, (cause: unknown) => lose(`no socket: ${String(cause)}`));
  return connection;
}
