// The link over a log in memory.
import { createServer } from "node:http";
import { createLinkServer } from "@kingly/link";
import type { EventLog } from "@kingly/link";
import { createWebSocketAcceptor } from "@kingly/link/node";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { port, publishWhenTold } from "./publisher.ts";
import type { Published } from "./publisher.ts";

const events: Published[] = [];
const followers = new Set<() => void>();
const eventLog: EventLog<Published> = {
  position: () => ({ epoch: "fanout", head: events.length, low: 1 }),
  read: (afterSeq, limit) =>
    events.slice(afterSeq, afterSeq + limit).map((body, at) => ({ seq: afterSeq + at + 1, body })),
  subscribe(follower) {
    followers.add(follower);
    return () => void followers.delete(follower);
  },
};
const link = createLinkServer<null>(
  { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() },
  { eventLog: () => eventLog, onSay: () => {}, onAsk: () => ({ ok: true, value: null }) },
);
const acceptor = createWebSocketAcceptor();
const server = createServer();
server.on("upgrade", (request, socket, rest) => {
  acceptor.handleUpgrade(request, socket, rest, (peer) => void link.accept(peer, null));
});
server.listen(port, "127.0.0.1", () => {
  process.send?.({ ready: true });
  publishWhenTold((event) => {
    events.push(event);
    for (const follower of followers) follower();
  });
});
