// An orchestrator that only keeps: commands with one effect per cid, a log that can be replaced, answers on demand.
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createLinkServer } from "@kingly/link";
import type { Answer, EventLog, LinkConnection, LinkServer, Position } from "@kingly/link";
import { createWebSocketAcceptor } from "@kingly/link/node";
import type { WebSocketAcceptor } from "@kingly/link/node";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { later } from "./house.ts";

export interface FakeRow {
  readonly line: string;
  readonly cid?: string;
  readonly at: number;
}

export interface FakeOrchestrator {
  /** Every command in the order of arrival, repeats included. */
  readonly arrived: string[];
  /** What took effect, once per cid. */
  readonly effects: Map<string, object>;
  /** What was asked. */
  readonly asked: string[];
  /** Links that were opened so far. */
  opened(): number;
  url(): string;
  tell(...lines: readonly string[]): void;
  tellRow(row: FakeRow): void;
  /** The log is another one from now on. */
  replaceLog(epoch: string, lines: readonly string[], low?: number): void;
  /** What the log up to a seq is called; without it the link compares seqs only. */
  chain: ((seq: number) => string) | undefined;
  /** Whether commands are answered; they take effect all the same. */
  answers: boolean;
  /** When set, answers wait here until the test gives them. */
  held: (() => void)[] | undefined;
  /** Answers a question; undefined hangs for ever. */
  onAsk(question: string, params: unknown): Answer | undefined;
  /** Tells every connection what is true now. */
  note(body: object): void;
  /** Ends every connection without a word. */
  cut(): Promise<void>;
  stop(): Promise<void>;
  /** Listens again, on the port it had. */
  start(): Promise<void>;
}

/** Starts one on a free port; it is stopped after the test. */
export async function startFakeOrchestrator(): Promise<FakeOrchestrator> {
  let position: Position = { epoch: "e1", head: 0, low: 1 };
  let rows = new Map<number, FakeRow>();
  const followers = new Set<() => void>();
  let server: Server | undefined;
  let link: LinkServer<null> | undefined;
  let acceptor: WebSocketAcceptor | undefined;
  let port = 0;
  let opened = 0;
  const connections: LinkConnection[] = [];
  const tellFollowers = (): void => {
    for (const follower of followers) follower();
  };
  const read = (afterSeq: number, limit: number): { seq: number; chain?: string; body: FakeRow }[] => {
    const page: { seq: number; chain?: string; body: FakeRow }[] = [];
    for (let seq = afterSeq + 1; seq <= position.head && page.length < limit; seq += 1) {
      const body = rows.get(seq);
      if (body !== undefined) page.push({ seq, body, ...(fake.chain === undefined ? {} : { chain: fake.chain(seq) }) });
    }
    return page;
  };
  const log: EventLog<FakeRow> = {
    position: () => position,
    chainAt: (seq) => fake.chain?.(seq),
    read,
    subscribe(follower) {
      followers.add(follower);
      return () => void followers.delete(follower);
    },
  };
  const fake: FakeOrchestrator = {
    arrived: [],
    effects: new Map(),
    asked: [],
    chain: undefined,
    answers: true,
    held: undefined,
    opened: () => opened,
    url: () => `ws://127.0.0.1:${port}/v1/link`,
    tell: (...lines) => {
      for (const line of lines) {
        const cid = /^[a-z]{2}#([A-Za-z0-9]+):/.exec(line)?.[1];
        fake.tellRow({ line, at: 1000, ...(cid === undefined ? {} : { cid }) });
      }
    },
    tellRow(row) {
      position = { ...position, head: position.head + 1 };
      rows.set(position.head, row);
      tellFollowers();
    },
    replaceLog(epoch, lines, low = 1) {
      rows = new Map(lines.map((line, index) => [low + index, { line, at: 2000 }]));
      position = { epoch, head: low + lines.length - 1, low };
      tellFollowers();
    },
    onAsk(question, params) {
      if (question === "definitions") return { ok: true, value: [{ id: "planning", name: "Planning" }] };
      const { after, limit } = params as { after: number; limit: number };
      if (question === "rows")
        return { ok: true, value: read(after, limit).map(({ seq, body }) => ({ seq, ...body })) };
      return { ok: true, value: { items: [question], next: null } };
    },
    note(body) {
      for (const connection of connections) connection.note(body);
    },
    async cut() {
      await acceptor?.close();
      acceptor = createWebSocketAcceptor();
    },
    async stop() {
      const stopping = server;
      server = undefined;
      link?.close();
      await acceptor?.close();
      if (stopping === undefined) return;
      const closed = new Promise<void>((resolve) => stopping.close(() => resolve()));
      stopping.closeAllConnections();
      await closed;
    },
    async start() {
      const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };
      const opening = createLinkServer<null>(deps, {
        eventLog: () => log,
        onSay(say) {
          fake.arrived.push(say.id);
          if (!fake.effects.has(say.id)) fake.effects.set(say.id, say.body);
          if (say.body["line"] === undefined) say.respond.error({ code: "invalid_command", message: "x", hint: "x" });
          else if (fake.held !== undefined) fake.held.push(() => say.respond.reply({ result: "accepted" }));
          else if (fake.answers) say.respond.reply({ result: "accepted" });
        },
        onAsk({ question, params }) {
          fake.asked.push(question);
          return fake.onAsk(question, params) ?? new Promise<Answer>(() => {});
        },
      });
      link = opening;
      acceptor = createWebSocketAcceptor();
      const starting = createServer();
      server = starting;
      starting.on("upgrade", (request, socket, head) => {
        opened += 1;
        acceptor?.handleUpgrade(request, socket, head, (peer) => {
          connections.push(opening.accept(peer, null));
        });
      });
      await new Promise<void>((resolve) => starting.listen(port, "127.0.0.1", resolve));
      port = (starting.address() as AddressInfo).port;
    },
  };
  await fake.start();
  later(() => fake.stop());
  return fake;
}
