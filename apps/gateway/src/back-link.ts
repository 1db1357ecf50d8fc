// Step 2 of the walk: what was recorded goes to the back until the back says that it has it; events come up.
import { createLinkClient } from "@kingly/link";
import type { Answer, Cursor, LinkClient, LinkStatus, Outbox, OutboxEntry, Position } from "@kingly/link";
import { connectWebSocket } from "@kingly/link/node";
import type { Clock, Log, Random } from "@kingly/runtime";
import type { LogRow } from "./board/board.ts";
import type { Journal } from "./journal/journal.ts";
import type { MirrorLog } from "./mirror-log.ts";
import { unknownEpoch } from "./mirror-log.ts";
import { toRow } from "./on-event.ts";
import type { Outgoing } from "./on-utterance.ts";

/** The link to the orchestrator for one workspace. */
export interface BackLink {
  send(outgoing: readonly Outgoing[]): void;
  ask(question: string, params: unknown): Promise<Answer>;
  status(): LinkStatus;
  /** How many commands wait for the back. */
  waiting(): number;
  close(): void;
}

/** What the link needs. */
export interface BackLinkDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly journal: Journal;
  readonly mirror: MirrorLog;
  onEvents(events: readonly { readonly seq: number; readonly body: object }[]): Promise<void>;
  /** The log began again: the board must be empty before its rows come. */
  onRestart(): void;
}

const rowsPerPage = 200;

/** Opens the link. It stays on through every failure; the journal is its outbox and the mirror its cursor. [G6] [G7] */
export function openBackLink(
  deps: BackLinkDeps,
  options: {
    readonly url: string;
    readonly token: string;
    readonly workspace: string;
    readonly waiting: readonly OutboxEntry[];
  },
): BackLink {
  const { journal, mirror, log } = deps;
  const outbox = createJournalOutbox(journal, options.workspace, options.waiting);
  let status: LinkStatus = "connecting";

  const client: LinkClient = createLinkClient(
    {
      clock: deps.clock,
      random: deps.random,
      log,
      connect: (signal) =>
        connectWebSocket(options.url, { signal, headers: { authorization: `Bearer ${options.token}` } }),
    },
    {
      startFrom: "start",
      outbox,
      cursorStore: {
        load: (): Cursor | null => {
          const { epoch, head } = mirror.position();
          return epoch === unknownEpoch ? null : { epoch, seq: head };
        },
        // The mirror saves rows and cursor together; there is nothing else to save.
        save: () => {},
      },
      onEvent: async (events, cursor) => {
        if (mirror.position().epoch !== cursor.epoch) await mirror.restart(cursor.epoch, (events[0]?.seq ?? 1) - 1);
        await deps.onEvents(events);
      },
      onResync: async (position) => {
        log.warn("the back's log began again", { epoch: position.epoch, head: position.head });
        deps.onRestart();
        await mirror.restart(position.epoch, position.low - 1);
        await fetchRows(position);
      },
      onStatus: (next, detail) => {
        status = next;
        log.info("link to the orchestrator", { status: next, attempt: detail.attempt, reason: detail.reason });
      },
      onRefused: (id, error) =>
        log.error("the orchestrator refused a command", { id, code: error.code, message: error.message }),
    },
  );

  const fetchRows = async (position: Position): Promise<void> => {
    for (let after = position.low - 1; after < position.head;) {
      const answer = await client.ask("rows", { after, limit: rowsPerPage });
      if (!answer.ok) throw new Error(`the snapshot could not be read: ${answer.error.message}`);
      const rows = readRows(answer.value);
      const last = rows.at(-1);
      if (last === undefined) return;
      await deps.onEvents(rows.map((row) => ({ seq: row.seq, body: row })));
      after = last.seq;
    }
  };

  return {
    send(outgoing) {
      for (const { id, body } of outgoing) void client.say(id, body);
    },
    ask: (question, params) => client.ask(question, params),
    status: () => status,
    waiting: () => outbox.size(),
    close: () => client.close(),
  };
}

function readRows(value: unknown): readonly LogRow[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) => {
    const seq = typeof item === "object" && item !== null && "seq" in item ? item.seq : undefined;
    const row = typeof seq === "number" ? toRow(seq, item as object) : undefined;
    return row === undefined ? [] : [row];
  });
}

/** The link's outbox over the journal: entries are there before they are added, and leave it when they are settled. */
function createJournalOutbox(
  journal: Journal,
  workspace: string,
  waiting: readonly OutboxEntry[],
): Outbox & { size(): number } {
  const entries = new Map(waiting.map((entry) => [entry.id, entry]));
  let order = waiting.at(-1)?.order ?? 0;
  let settled: string[] = [];
  let settling: Promise<void> | undefined;
  // Settlements that come while one is written share the next transaction.
  const settle = async (): Promise<void> => {
    while (settled.length > 0) {
      const ids = settled;
      settled = [];
      await journal.settle(workspace, ids);
    }
    settling = undefined;
  };
  return {
    add(id, body) {
      if (!entries.has(id)) {
        order += 1;
        entries.set(id, { order, id, body });
      }
      return { ok: true, value: null };
    },
    remove(id) {
      entries.delete(id);
      settled.push(id);
      settling ??= settle();
      return settling;
    },
    list(afterOrder, limit) {
      const page: OutboxEntry[] = [];
      for (const entry of entries.values()) {
        if (page.length >= limit) break;
        if (entry.order > afterOrder) page.push(entry);
      }
      return page;
    },
    size: () => entries.size,
  };
}
