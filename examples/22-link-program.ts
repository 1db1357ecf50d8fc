import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cursor, EventLog, LinkClient, Outbox, Socket } from "@kingly/link";
import type { Database } from "@kingly/sqlite";
//#region use
import { createLinkClient } from "@kingly/link";
import { connectWebSocket } from "@kingly/link/node";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";

const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };

/** A program that may be killed at any time: what it said and what it saw are in its database. */
function openProgram(url: string, token: string, database: Database): LinkClient {
  return createLinkClient(
    {
      ...deps,
      connect: (signal) => connectWebSocket(url, { signal, headers: { authorization: `Bearer ${token}` } }),
    },
    {
      startFrom: "start",
      outbox: createSqliteOutbox(database),
      cursorStore: { load: () => database.get<Cursor>("SELECT epoch, seq FROM cursor") ?? null, save() {} },
      // What the events change and the cursor after them: one transaction, so each takes effect exactly once.
      onEvent: (events, { epoch, seq }) =>
        database.write((unit) => {
          for (const { body } of events) unit.run("INSERT INTO seen (text) VALUES (?)", String(body["text"]));
          unit.run("REPLACE INTO cursor (id, epoch, seq) VALUES (1, ?, ?)", epoch, seq);
        }),
    },
  );
}

/** The port of the link over a table: `id` once, in order, bounded. */
function createSqliteOutbox(database: Database, maxEntries = 10_000): Outbox {
  return {
    add: (id, body) =>
      database.write((unit) => {
        const waiting = unit.get<{ n: number }>("SELECT count(*) AS n FROM outbox WHERE id <> ?", id)?.n ?? 0;
        const error = { code: "outbox_full", message: `${maxEntries} says wait`, hint: "say it again later" };
        if (waiting >= maxEntries) return { ok: false, error };
        unit.run("INSERT INTO outbox (id, body) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", id, JSON.stringify(body));
        return { ok: true, value: null };
      }),
    remove: (id) => database.write((unit) => void unit.run("DELETE FROM outbox WHERE id = ?", id)),
    list: (afterOrder, limit) =>
      database
        .all<{ place: number; id: string; body: string }>(
          "SELECT place, id, body FROM outbox WHERE place > ? ORDER BY place LIMIT ?",
          afterOrder,
          limit,
        )
        .map(({ place, id, body }) => ({ order: place, id, body: JSON.parse(body) as object })),
  };
}
//#endregion
import { createLinkServer } from "@kingly/link";
import { createWebSocketAcceptor } from "@kingly/link/node";
import { openDatabase } from "@kingly/sqlite";

const folder = mkdtempSync(join(tmpdir(), "kingly-program-"));
const path = join(folder, "program.db");
let database = openDatabase({ path });
await database.write((unit) => {
  unit.run("CREATE TABLE outbox (place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, body TEXT)");
  unit.run("CREATE TABLE cursor (id INTEGER PRIMARY KEY, epoch TEXT, seq INTEGER)");
  unit.run("CREATE TABLE seen (text TEXT)");
});

// First life: nobody listens yet. What is said is kept, then the program ends.
const nowhere = openProgram("ws://127.0.0.1:1/v1/link", "secret", database);
await nowhere.say("u1", { text: "tea" });
await nowhere.say("u2", { text: "cake" });
nowhere.close();
await database.close();

// Second life: the server is there, and the connection is cut once.
const server = await openServer();
database = openDatabase({ path });
const program = openProgram(server.url, "secret", database);
await seenAre(2);
server.cut();
await program.say("u3", { text: "bread" });
await seenAre(3);

assert.deepEqual(
  database.all<{ text: string }>("SELECT text FROM seen").map(({ text }) => text),
  ["tea", "cake", "bread"],
);
assert.equal(database.get<Cursor>("SELECT epoch, seq FROM cursor")?.seq, 3);
program.close();
await server.close();
await database.close();
rmSync(folder, { recursive: true });
console.log("link: a program lived twice, nothing lost, nothing twice");

async function seenAre(count: number): Promise<void> {
  const seen = (): number => database.get<{ n: number }>("SELECT count(*) AS n FROM seen")?.n ?? 0;
  const left = (): number => database.get<{ n: number }>("SELECT count(*) AS n FROM outbox")?.n ?? 0;
  while (seen() < count || left() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A server whose log is what it was told, each id once. */
async function openServer(): Promise<{ url: string; cut(): void; close(): Promise<void> }> {
  const notes = new Map<string, { text: string }>();
  const followers = new Set<() => void>();
  const sockets: Socket[] = [];
  const eventLog: EventLog = {
    position: () => ({ epoch: "notes", head: notes.size, low: 1 }),
    read: (after, limit) =>
      [...notes.values()].slice(after, after + limit).map((body, at) => ({ seq: after + 1 + at, body })),
    subscribe(follower) {
      followers.add(follower);
      return () => void followers.delete(follower);
    },
  };
  const link = createLinkServer<null>(deps, {
    eventLog: () => eventLog,
    onSay(say) {
      if (!notes.has(say.id)) notes.set(say.id, { text: String(say.body["text"]) });
      say.respond.reply({ state: "recorded" });
      for (const follower of followers) follower();
    },
    onAsk: () => ({ ok: true, value: null }),
  });
  const acceptor = createWebSocketAcceptor();
  const http = createServer();
  http.on("upgrade", (request, socket, head) => {
    if (request.headers.authorization !== "Bearer secret") return void socket.destroy();
    return acceptor.handleUpgrade(request, socket, head, (peer) => {
      sockets.push(peer);
      link.accept(peer, null);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/v1/link`,
    cut: () => sockets.at(-1)?.close(1001, "cut"),
    async close() {
      link.close();
      await acceptor.close();
      http.close();
    },
  };
}
