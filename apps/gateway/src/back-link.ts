// Step 2 of the walk: what was recorded goes to the back until the back says that it has it; events come up.
import { formatEvent } from "@kingly/codec";
import { createLinkClient } from "@kingly/link";
import type { Answer, Cursor, LinkClient, LinkStatus, Position } from "@kingly/link";
import { connectWebSocket } from "@kingly/link/node";
import type { Clock, Log, Random } from "@kingly/runtime";
import type { LogRow } from "./board/board.ts";
import type { Journal } from "./journal/journal.ts";
import { createJournalOutbox } from "./journal-outbox.ts";
import type { MirrorLog } from "./mirror-log.ts";
import { toRow } from "./on-event.ts";
import type { Outgoing } from "./on-utterance.ts";

/** The link to the orchestrator for one workspace. */
export interface BackLink {
  send(outgoing: readonly Outgoing[]): void;
  ask(question: string, params: unknown): Promise<Answer>;
  status(): LinkStatus;
  /** How many commands wait for the back. */
  waiting(): number;
  /** How many bytes they have. */
  waitingBytes(): number;
  close(): void;
}

/** What the link needs. */
export interface BackLinkDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly journal: Journal;
  readonly mirror: MirrorLog;
  /** `chain` is that of the last event, where the back tells one. */
  onEvents(events: readonly { readonly seq: number; readonly body: object }[], chain?: string): Promise<void>;
  /** The log began again: the board must be empty before its rows come. */
  onRestart(): void;
  /** The back will never take this command. */
  onRefused(cid: string): void;
  /** The back is reached, or is not any more. [G28] */
  onReached(isReached: boolean): void;
  /** The back tells what is true now, and keeps nothing of it. [G85] */
  onNote?(body: Readonly<Record<string, unknown>>): void;
}

const rowsPerPage = 200;

/** So many commands are on their way to the back without an answer; the others wait here. [G29] */
export const maxOnTheWay = 256;

// What stands in the log instead of a row that no frame can carry.
const tooLargeLine = formatEvent({
  op: "error",
  code: "event_too_large",
  message: "An event of the orchestrator is too large to be told.",
  recovery: "Ask for the list that it belongs to.",
});

/** Opens the link. It stays on through every failure; the journal is its outbox and the mirror its cursor. [G6] [G7] */
export function openBackLink(
  deps: BackLinkDeps,
  options: {
    readonly url: string;
    readonly token: string;
    readonly workspace: string;
    readonly waiting: readonly { readonly id: string; readonly body: object }[];
  },
): BackLink {
  const { journal, mirror, log } = deps;
  const outbox = createJournalOutbox(journal, options.workspace, options.waiting);
  let status: LinkStatus = "connecting";
  let beginning: Promise<void> = Promise.resolve();

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
      limits: { maxUnsettledSays: maxOnTheWay },
      outbox,
      cursorStore: {
        load: (): Cursor | null => mirror.seen(),
        // The mirror saves rows and cursor together. Only the first cursor of all comes before any row: with it the
        // mirror takes the name of the log at once, so that nobody who looks in early has to resync later.
        save: ({ epoch, seq }) => begin(epoch, seq, false),
      },
      onEvent: async (events, cursor) => {
        await begin(cursor.epoch, (events[0]?.seq ?? 1) - 1, false);
        await deps.onEvents(events, cursor.chain);
      },
      onResync: async (position) => {
        log.warn("the back's log began again", { epoch: position.epoch, head: position.head });
        await begin(position.epoch, position.low - 1, true);
        await fetchRows(position);
      },
      onStatus: (next, detail) => {
        const wasOpen = status === "open";
        status = next;
        if (wasOpen !== (next === "open")) deps.onReached(next === "open");
        // An orchestrator that stays away is worth one line, not one for every attempt.
        const level = next === "open" || (next === "waiting" && detail.attempt === 1) ? "info" : "debug";
        log[level]("link to the orchestrator", { status: next, ...detail });
      },
      onNote: (body) => deps.onNote?.(body),
      onRefused: (id, error) => {
        log.error("the orchestrator refused a command", { id, code: error.code, message: error.message });
        deps.onRefused(id);
      },
    },
  );

  // One after the other: the first hello and the first events may both bring the name of the log.
  const begin = (epoch: string, head: number, always: boolean): Promise<void> => {
    const next = beginning.then(async () => {
      if (always || mirror.position().epoch !== epoch) await mirror.restart(epoch, head, () => deps.onRestart());
    });
    beginning = next.catch(() => {});
    return next;
  };

  const fetchRows = async (position: Position): Promise<void> => {
    for (let after = position.low - 1; after < position.head;) {
      const answer = await client.ask("rows", { after, limit: rowsPerPage });
      // The back gives smaller pages by itself: here even one row is larger than a frame. Its place must not stay
      // empty, or this would be asked for ever.
      const tooLarge = !answer.ok && answer.error.code === "too_large";
      if (!answer.ok && !tooLarge) throw new Error(`the snapshot could not be read: ${answer.error.message}`);
      const rows = answer.ok
        ? readRows(answer.value)
        : [{ seq: after + 1, line: tooLargeLine, at: deps.clock.nowMs() }];
      const last = rows.at(-1);
      if (last === undefined) throw new Error(`the snapshot ends at ${after} of ${position.head}`);
      const chain = last.seq === position.head ? position.chain : undefined;
      await deps.onEvents(
        rows.map((row) => ({ seq: row.seq, body: row })),
        chain,
      );
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
    waitingBytes: () => outbox.bytes(),
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
