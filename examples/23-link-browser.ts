import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createEventStreams } from "@kingly/link";
import type { EventLog } from "@kingly/link";
import { responseToSink } from "@kingly/link/node";

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
const streams = createEventStreams(deps);
const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? "", "http://here");
  if (request.method === "GET") {
    const start = { after: searchParams.get("after"), comments: searchParams.get("comments") };
    streams.open(eventLog, start, responseToSink(response));
    return;
  }
  void text(request).then((body) => {
    const { id, ...note } = JSON.parse(body) as { id: string };
    notes.set(id, note);
    for (const follower of followers) follower();
    response.end('{"state":"recorded"}');
  });
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
    // The WebSocket where it passes, HTTP where it does not, and back: the same cursor, outbox and status.
    connect: connectAnywhere(
      { clock },
      { webSocketUrl: `ws://${host}/v1/link`, eventsUrl: `http://${host}/v1/events`, sayUrl: `http://${host}/v1/say` },
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
server.closeAllConnections();
server.close();
console.log("link: no WebSocket passed, and everything arrived");
