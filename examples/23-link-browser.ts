import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createLinkServer } from "@kingly/link";
import type { EventLog } from "@kingly/link";
import { createHttpSockets } from "@kingly/link/node";

// A server that a proxy hides: it gets no upgrade, only GET and POST.
const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };
const notes = new Map<string, object>();
const followers = new Set<() => void>();
const eventLog: EventLog = {
  position: () => ({ epoch: "notes", head: notes.size, low: 1 }),
  read: (after, limit) =>
    [...notes.values()].slice(after, after + limit).map((body, at) => ({ seq: after + 1 + at, body })),
  subscribe(follower) {
    followers.add(follower);
    return () => void followers.delete(follower);
  },
};
const link = createLinkServer(deps, {
  eventLog: () => eventLog,
  onSay({ id, body, respond }) {
    notes.set(id, body);
    for (const follower of followers) follower();
    respond.reply({ state: "recorded" });
  },
  onAsk: () => ({ ok: true, value: null }),
});
const sockets = createHttpSockets(randomUUID);
const server = createServer((request, response) => {
  // Here an app checks who asks.
  if (request.method === "GET") return void link.accept(sockets.open(response, "ann"), "ann");
  void text(request)
    .then((frame) => sockets.post(request.url?.split("/").at(-1) ?? "", "ann", frame))
    .then((outcome) => response.writeHead(outcome === "taken" ? 204 : 404).end());
  return undefined;
});
server.on("upgrade", (_, socket) => socket.destroy());
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
const kept = new Map<string, string>();
const sessionStorage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
};
const lines: string[] = [];
const show = (line: string): void => void lines.push(line);

//#region use
import { connectAnywhere, createLinkClient, createStorageOutbox } from "@kingly/link/browser";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";

const clock = createSystemClock();
const client = createLinkClient(
  {
    clock,
    random: createSystemRandom(),
    log: createSilentLog(),
    // The WebSocket where it passes, HTTP where it does not, and back: the same frames, cursor, outbox and status.
    connect: connectAnywhere(
      { clock },
      { webSocketUrl: `ws://${host}/v1/link`, streamUrl: `http://${host}/v1/stream` },
    ),
  },
  {
    startFrom: "start",
    outbox: createStorageOutbox({ storage: sessionStorage, clock }), // survives a reload
    onEvent: (events) => events.forEach(({ seq, body }) => show(`${seq} ${String(body["text"])}`)),
    onStatus: (status) => show(status), // connecting, open, waiting, closed
  },
);
await client.say("u1", { text: "tea at four" });
//#endregion

while (!lines.includes("1 tea at four")) await new Promise((resolve) => setTimeout(resolve, 5));
assert.deepEqual(lines, ["connecting", "open", "1 tea at four"]);
client.close();
link.close();
server.closeAllConnections();
server.close();
console.log("link: no WebSocket passed, and everything arrived");
