import { WebSocket } from "ws";

/** When each thing of one utterance came, in milliseconds from when it was said. */
export interface Said {
  readonly sentAtMs: number;
  heardMs?: number;
  recordedMs?: number;
  acceptedMs?: number;
  /** The first row that tells that a run of this utterance is at work. */
  runningMs?: number;
}

/** One person who notes the times. */
export interface Probe {
  say(id: string, text: string): void;
  readonly said: ReadonlyMap<string, Said>;
  /** Milliseconds from a completion's own time to this socket, of every completion in the workspace. */
  readonly noticesMs: readonly number[];
  close(): void;
}

interface Frame {
  readonly t: string;
  readonly id?: string;
  readonly state?: string;
  readonly reply?: { readonly state: string };
  readonly commands?: readonly { readonly cid: string }[];
  readonly events?: readonly Row[];
  /** With `event`. */
  readonly line?: string;
  readonly at?: number;
}
interface Row {
  readonly line: string;
  readonly at: number;
}

/** Opens a person of one workspace over the raw link. */
export async function openProbe(host: string, token: string, workspace: string): Promise<Probe> {
  const said = new Map<string, Said>();
  const idOfCid = new Map<string, string>();
  const noticesMs: number[] = [];
  const socket = new WebSocket(`ws://${host}/v1/link?workspace=${workspace}`, ["kingly.1"], {
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  });
  const takeRow = ({ line, at }: Row): void => {
    const [, cid = ""] = /^\w\w#(\w+):/.exec(line) ?? [];
    if (/^tc#\w+:run_/.test(line)) noticesMs.push(Date.now() - at);
    const turn = said.get(idOfCid.get(cid) ?? "");
    if (turn !== undefined && /\|running\|/.test(line)) turn.runningMs ??= performance.now() - turn.sentAtMs;
  };
  const take = (frame: Frame): void => {
    if (frame.t === "event") return takeRow({ line: frame.line ?? "", at: frame.at ?? 0 });
    if (frame.t === "events") return frame.events?.forEach(takeRow);
    const turn = said.get(frame.id ?? "");
    if (turn === undefined) return;
    const waitedMs = performance.now() - turn.sentAtMs;
    const state = frame.reply?.state ?? frame.state;
    for (const { cid } of frame.commands ?? []) idOfCid.set(cid, frame.id ?? "");
    if (state === "heard") turn.heardMs ??= waitedMs;
    else if (state === "recorded") turn.recordedMs ??= waitedMs;
    else turn.acceptedMs ??= waitedMs;
  };
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.on("message", (bytes) => {
      const frame = JSON.parse(Buffer.isBuffer(bytes) ? bytes.toString() : "{}") as Frame;
      if (frame.t === "hello" || frame.t === "resync") resolve();
      take(frame);
    });
    socket.once("open", () => socket.send('{"t":"hello","after":null}'));
  });
  return {
    say(id, text) {
      said.set(id, { sentAtMs: performance.now() });
      socket.send(JSON.stringify({ t: "say", id, text }));
    },
    said,
    noticesMs,
    close: () => socket.terminate(),
  };
}
