import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { EventLog, Socket } from "@kingly/link";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
//#region use
import { createLinkClient, createLinkServer } from "@kingly/link";
import { connectWebSocket, createWebSocketAcceptor } from "@kingly/link/node";

const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };
const book = createNoteBook(); // an EventLog: position, read, subscribe

// The server: says become events of the log, and every client follows the log.
const link = createLinkServer<string>(deps, {
  eventLog: () => book,
  onSay(say, person) {
    book.write(say.id, `${person}: ${String(say.body["text"])}`); // once per id
    say.respond.reply({ state: "recorded" });
  },
  onAsk: () => ({ ok: true, value: book.position().head }),
});
const acceptor = createWebSocketAcceptor();
const http = createServer();
http.on("upgrade", (request, socket, head) => {
  // Here an app checks Host, Origin and token.
  acceptor.handleUpgrade(request, socket, head, (socket) => link.accept(socket, "ann"));
});
const url = await listen();

// The client: it may be cut at any time.
const lines: string[] = [];
let socket: Socket | undefined;
const client = createLinkClient(
  { ...deps, connect: async (signal) => (socket = await connectWebSocket(url, { signal })) },
  {
    startFrom: "start",
    onEvent: (events) => void lines.push(...events.map(({ seq, body }) => `${seq} ${String(body["text"])}`)),
  },
);
await client.say("u1", { text: "tea at four" });
await linesToBe(1);

socket?.close(1001, "cut"); // the network goes away
await client.say("u2", { text: "make it five" }); // kept, and said when the link is back
book.write("u3", "bob: fine"); // happens meanwhile
await linesToBe(3);
//#endregion
const answer = await client.ask("how many lines", null);

assert.deepEqual(
  lines.map((line) => line.split(" ")[0]),
  ["1", "2", "3"],
);
assert.deepEqual(lines.toSorted(), ["1 ann: tea at four", "2 bob: fine", "3 ann: make it five"]);
assert.deepEqual(answer, { ok: true, value: 3 });
client.close();
link.close();
await acceptor.close();
http.close();
console.log("link: cut once, nothing lost, nothing twice");

/** A log in memory; an app has one in its database. */
function createNoteBook(): EventLog & { write(id: string, text: string): void } {
  const notes = new Map<string, { text: string }>();
  const listeners = new Set<() => void>();
  return {
    position: () => ({ epoch: "book-1", head: notes.size, low: 1 }),
    read: (afterSeq, limit) =>
      [...notes.values()].slice(afterSeq, afterSeq + limit).map((body, at) => ({ seq: afterSeq + 1 + at, body })),
    subscribe(onAppend) {
      listeners.add(onAppend);
      return () => void listeners.delete(onAppend);
    },
    write(id, text) {
      if (notes.has(id)) return;
      notes.set(id, { text });
      for (const listener of listeners) listener();
    },
  };
}

async function listen(): Promise<string> {
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return `ws://127.0.0.1:${(http.address() as AddressInfo).port}/v1/link`;
}

async function linesToBe(count: number): Promise<void> {
  while (lines.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
}
