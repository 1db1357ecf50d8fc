// The link over a SQLite log: what is published is a row, what is said is a row, and both are committed before anybody is told.
import { createServer } from "node:http";
import { createLinkServer } from "@kingly/link";
import type { EventLog } from "@kingly/link";
import { createWebSocketAcceptor } from "@kingly/link/node";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { openDatabase } from "@kingly/sqlite";
import { publishByTheClock, readPlan } from "./plan.ts";

const plan = readPlan();
const database = openDatabase({ path: plan.path });
await database.write((unit) => {
  unit.run("CREATE TABLE IF NOT EXISTS event (n INTEGER PRIMARY KEY)");
  unit.run(
    "CREATE TABLE IF NOT EXISTS heard (place INTEGER PRIMARY KEY, client INTEGER, n INTEGER, times INTEGER DEFAULT 1, UNIQUE (client, n))",
  );
});
const lastPublished = (): number => database.get<{ n: number }>("SELECT coalesce(max(n), 0) AS n FROM event")?.n ?? 0;

let head = lastPublished();
const followers = new Set<() => void>();
const eventLog: EventLog<{ n: number }> = {
  position: () => ({ epoch: "delivery", head, low: 1 }),
  read: (afterSeq, limit) =>
    database
      .all<{ n: number }>("SELECT n FROM event WHERE n > ? AND n <= ? ORDER BY n LIMIT ?", afterSeq, head, limit)
      .map(({ n }) => ({ seq: n, body: { n } })),
  subscribe(follower) {
    followers.add(follower);
    return () => void followers.delete(follower);
  },
};
const link = createLinkServer<number>(
  { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() },
  {
    eventLog: () => eventLog,
    async onSay(say, client) {
      await database.write((unit) =>
        unit.run(
          "INSERT INTO heard (client, n) VALUES (?, ?) ON CONFLICT (client, n) DO UPDATE SET times = times + 1",
          client,
          Number(say.body["n"]),
        ),
      );
      say.respond.reply({ ok: true });
    },
    onAsk: () => ({ ok: true, value: null }),
  },
);
const acceptor = createWebSocketAcceptor();
const server = createServer();
server.on("upgrade", (request, socket, rest) => {
  const client = Number(new URL(request.url ?? "/", "http://x").searchParams.get("client"));
  acceptor.handleUpgrade(request, socket, rest, (peer) => void link.accept(peer, client));
});
server.listen(plan.port, "127.0.0.1", () => {
  process.send?.({ ready: true });
  publishByTheClock(plan, lastPublished, (n) => {
    void database.write((unit) => {
      unit.run("INSERT INTO event (n) VALUES (?)", n);
      unit.afterCommit(() => {
        head = n;
        for (const follower of followers) follower();
      });
    });
  });
});
