// An orchestrator in the hands of an attacker: it says what it likes, and remembers what reached it.
import { createServer } from "node:http";
import { createLinkServer } from "@kingly/link";
import type { EventLog } from "@kingly/link";
import { createWebSocketAcceptor } from "@kingly/link/node";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";

/** What it can do. */
export interface HostileBack {
  /** Every command that arrived, as JSON. */
  readonly arrived: readonly string[];
  tell(lines: readonly string[]): void;
  close(): Promise<void>;
}

/** Starts it where the gateway looks for its orchestrator. */
export async function startHostileBack(port: number): Promise<HostileBack> {
  const rows: { readonly line: string; readonly at: number }[] = [];
  const followers = new Set<() => void>();
  const arrived: string[] = [];
  const eventLog: EventLog = {
    position: () => ({ epoch: "evil", head: rows.length, low: 1 }),
    read: (after, limit) => rows.slice(after, after + limit).map((body, at) => ({ seq: after + 1 + at, body })),
    subscribe(follower) {
      followers.add(follower);
      return () => void followers.delete(follower);
    },
  };
  const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };
  const link = createLinkServer<null>(deps, {
    eventLog: () => eventLog,
    onSay(say) {
      arrived.push(JSON.stringify(say.body));
      say.respond.reply({ result: "accepted" });
    },
    onAsk: () => ({ ok: true, value: { items: [], next: null } }),
  });
  const acceptor = createWebSocketAcceptor();
  const server = createServer();
  server.on("upgrade", (request, socket, head) =>
    acceptor.handleUpgrade(request, socket, head, (peer) => void link.accept(peer, null)),
  );
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    arrived,
    tell(lines) {
      rows.push(...lines.map((line) => ({ line, at: Date.now() })));
      for (const follower of followers) follower();
    },
    async close() {
      link.close();
      await acceptor.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
