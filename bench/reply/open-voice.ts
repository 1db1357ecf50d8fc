import { Agent, get, request } from "node:http";
import { WebSocket } from "ws";
import { loadRival } from "../queue/load-rival.ts";
import type { SideKind } from "./plan.ts";

/** One client of a side: it can say frames, and is told what comes as text. */
export interface Voice {
  send(frame: string): void;
}

/** Where a client connects, and to whom it tells what comes. */
export interface VoiceOptions {
  readonly kind: SideKind;
  /** Address of the server without scheme and path: `127.0.0.1:7700`. */
  readonly host: string;
  readonly token: string;
  readonly index: number;
  readonly workspace: string;
  readonly onText: (text: string) => void;
  readonly onFault: (what: string) => void;
}

/** Opens one client of a side; resolves when it may speak. */
export function openVoice(options: VoiceOptions): Promise<Voice> {
  if (options.kind === "socket.io") return openSocketIo(options);
  if (options.kind === "sse") return openSse(options);
  return openWs(options);
}

async function openWs({ kind, host, token, workspace, onText, onFault }: VoiceOptions): Promise<Voice> {
  const socket =
    kind === "ws"
      ? new WebSocket(`ws://${host}`, { perMessageDeflate: false })
      : new WebSocket(`ws://${host}/v1/link?workspace=${workspace}`, ["kingly.1"], {
          headers: { authorization: `Bearer ${token}` },
          perMessageDeflate: false,
        });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.once("open", () => {
      if (kind === "ws") return resolve();
      socket.once("message", () => resolve());
      return socket.send('{"t":"hello","after":null}');
    });
  });
  socket.on("error", (error) => onFault(error.message));
  socket.on("close", (code) => onFault(`a socket was closed with ${code}`));
  socket.on("message", (bytes) => {
    if (!Buffer.isBuffer(bytes) || isEvent(bytes)) return;
    onText(bytes.toString("utf8"));
  });
  return { send: (frame) => socket.send(frame) };
}

// Events of the log are for everybody; the load clients only read what answers them. {"t":"event is followed by " or s.
function isEvent(bytes: Buffer): boolean {
  return bytes[6] === 0x65 && bytes[7] === 0x76;
}

interface SocketIoClient {
  readonly io: (
    url: string,
    options: object,
  ) => {
    on(event: "connect" | "disconnect" | "message", listener: (text: string) => void): void;
    emit(event: "message", text: string): void;
  };
}

async function openSocketIo({ host, onText, onFault }: VoiceOptions): Promise<Voice> {
  const { io } = await loadRival<SocketIoClient>("socket.io-client");
  const socket = io(`http://${host}`, { transports: ["websocket"], forceNew: true, reconnection: false });
  await new Promise<void>((resolve) => socket.on("connect", () => resolve()));
  socket.on("message", onText);
  socket.on("disconnect", (why) => onFault(`a socket was closed: ${why}`));
  return { send: (frame) => socket.emit("message", frame) };
}

async function openSse({ host, index, onText, onFault }: VoiceOptions): Promise<Voice> {
  const [hostname, port] = host.split(":");
  const path = `/?client=${index}`;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await new Promise<void>((resolve, reject) => {
    const opening = get({ host: hostname, port, path, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        const blocks = (text + part).split("\n\n");
        text = blocks.pop() ?? "";
        for (const block of blocks) onText(block.slice("data: ".length));
      });
      response.on("close", () => onFault("a stream was closed"));
      resolve();
    });
    opening.on("error", reject);
  });
  return {
    send(frame) {
      const headers = { "content-length": Buffer.byteLength(frame) };
      const post = request({ host: hostname, port, path, method: "POST", agent, headers }, (response) => {
        if (response.statusCode !== 204) onFault(`a POST was answered ${response.statusCode}`);
        response.resume();
      });
      post.on("error", (error) => onFault(error.message));
      post.end(frame);
    },
  };
}
