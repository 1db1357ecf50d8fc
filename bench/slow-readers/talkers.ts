import { WebSocket } from "ws";

/** People who talk and follow, each over a link of their own. */
export interface Talkers {
  /** Talks for a while; returns the milliseconds from each utterance to its first reply. */
  talk(forMs: number): Promise<readonly number[]>;
  /** Events that were told to all of them together. */
  events(): number;
  close(): void;
}

const everyMs = 100;

/** Opens the links of `count` people who say ten things a second each. */
export async function openTalkers(origin: string, token: string, count: number): Promise<Talkers> {
  const sentAt = new Map<string, number>();
  let waits: number[] = [];
  let events = 0;
  const take = (bytes: Buffer): void => {
    const text = bytes.toString("utf8");
    if (text.startsWith('{"t":"event')) events += 1;
    if (!text.startsWith('{"t":"reply"')) return;
    const { id } = JSON.parse(text) as { readonly id: string };
    const at = sentAt.get(id);
    if (at === undefined || !sentAt.delete(id)) return;
    waits.push(performance.now() - at);
  };
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = new WebSocket(`${origin}/v1/link`, ["kingly.1"], {
        headers: { authorization: `Bearer ${token}` },
        perMessageDeflate: false,
      });
      await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
      socket.on("message", take);
      socket.send('{"t":"hello","after":null}');
      return socket;
    }),
  );
  let number = 0;
  return {
    events: () => events,
    async talk(forMs) {
      waits = [];
      const beginsAt = performance.now();
      for (const [at, socket] of sockets.entries()) {
        let next = beginsAt + (at / count) * everyMs;
        const say = (): void => {
          number += 1;
          const id = `s${process.pid}-${number}`;
          sentAt.set(id, performance.now());
          socket.send(JSON.stringify({ t: "say", id, text: "What is the status?" }));
          next += everyMs;
          if (next - beginsAt < forMs) setTimeout(say, Math.max(0, next - performance.now()));
        };
        setTimeout(say, Math.max(0, next - performance.now()));
      }
      await new Promise((resolve) => setTimeout(resolve, forMs + 300));
      for (let more = 0; sentAt.size > 0 && more < 50; more += 1)
        await new Promise((resolve) => setTimeout(resolve, 100));
      if (sentAt.size > 0) throw new Error(`${sentAt.size} utterances were not answered within 5 s`);
      return waits;
    },
    close() {
      for (const socket of sockets) socket.close();
    },
  };
}
