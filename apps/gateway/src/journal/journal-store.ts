import { migrate, openDatabase } from "@kingly/sqlite";
import type { Unit } from "@kingly/sqlite";
import type { LogRow } from "../board/board.ts";
import { journalTables } from "./journal-tables.ts";

/** Something that must reach the back: sent again until the back says that it has it. */
export interface OutboxEntry {
  readonly workspace: string;
  readonly id: string;
  readonly body: string;
}

/** An utterance with its answer, and what it sends to the back. */
export interface Recording {
  readonly workspace: string;
  /** Who said it: the cids derive from the name. */
  readonly person: string;
  readonly id: string;
  readonly text: string;
  readonly atMs: number;
  /** The answer as JSON: a repeat of the id gets these very bytes. */
  readonly answer: string;
  readonly outbox: readonly { readonly id: string; readonly body: string }[];
}

/** What a second thought makes of an utterance whose only entry, `held`, has not been sent yet. */
export interface Refining {
  readonly workspace: string;
  readonly id: string;
  readonly held: string;
  /** The new answer as JSON. The first one stays: a repeat still gets that. */
  readonly answer: string;
  /** What is sent in place of `held`; one of them may have its id. */
  readonly outbox: Recording["outbox"];
}

/** What became of a recording: new, the same again (with the first answer), or the id with another text. [G3] */
export type Recorded =
  | { readonly status: "new" | "repeat"; readonly answer: string; readonly atMs: number }
  | { readonly status: "conflict" };

/** Where the mirror of one workspace's log stands. */
export interface Mirror {
  readonly workspace: string;
  readonly epoch: string;
  readonly head: number;
  readonly low: number;
  /** The chain of the back's log at `head`; null when the back told none. */
  readonly chain: string | null;
}

/** An utterance with its first answer, and the one of a second thought where there is one. */
export interface SaidRow {
  readonly person: string;
  readonly text: string;
  readonly answer: string;
  readonly refined?: string;
}

/** What the journal holds when it is opened. */
export interface JournalContents {
  readonly outbox: readonly OutboxEntry[];
  readonly mirrors: readonly Mirror[];
}

/** The journal's own operations, each durable when it resolves.
 *
 * What the back can give again, or would only answer again, outlives `kill -9` but may be lost in a power cut: rows of
 * the mirror, and that an entry of the outbox is settled. Everything else is on disk. [G3] [G6] [G8] */
export interface JournalStore {
  contents(): JournalContents;
  record(recording: Recording): Promise<Recorded>;
  /** Puts the entries in place of the held one; false, with nothing changed, when that is not there. [G19] */
  refine(refining: Refining): Promise<boolean>;
  settle(workspace: string, ids: readonly string[]): Promise<void>;
  /** Keeps rows, and the chain at the last of them where it is known. */
  append(workspace: string, rows: readonly LogRow[], chain?: string): Promise<void>;
  restart(workspace: string, epoch: string, head: number): Promise<void>;
  read(workspace: string, afterSeq: number, limit: number): readonly LogRow[];
  /** The newest utterances with their answers, the oldest of them first. */
  answers(workspace: string, limit: number): readonly SaidRow[];
  /** Proves that the file can be written now. */
  probe(nowMs: number): Promise<void>;
  close(): Promise<void>;
}

/** How much is kept: rows of a mirror, and how long an utterance's id is known. */
export const journalLimits = { mirrorRows: 100_000, utteranceDays: 30 } as const;

const dayMs = 86_400_000;

/** Opens the journal's file. It runs in a worker, so an fsync never holds up an answer. */
export async function openJournalStore(path: string, nowMs: number): Promise<JournalStore> {
  // Every write asks the disk itself: a probe tells what is true now, and people say few things while it is full.
  const database = openDatabase({ path, writeRetryMs: 0 });
  await migrate(database, "journal", journalTables);
  await database.write(
    (unit) => void unit.run("DELETE FROM utterances WHERE at_ms < ?", nowMs - journalLimits.utteranceDays * dayMs),
  );

  return {
    contents: () => ({
      outbox: database.all<OutboxEntry>("SELECT workspace, id, body FROM outbox ORDER BY place"),
      mirrors: database.all<Mirror>("SELECT workspace, epoch, head, low, chain FROM mirrors"),
    }),
    record: (recording) => database.write((unit) => recordIn(unit, recording)),
    refine: (refining) => database.write((unit) => refineIn(unit, refining)),
    settle: (workspace, ids) =>
      database.write(
        (unit) => {
          for (const id of ids) unit.run("DELETE FROM outbox WHERE workspace = ? AND id = ?", workspace, id);
        },
        { survives: "process" },
      ),
    append: (workspace, rows, chain) =>
      database.write((unit) => appendIn(unit, workspace, rows, chain), { survives: "process" }),
    restart: (workspace, epoch, head) =>
      database.write((unit) => {
        unit.run("DELETE FROM rows WHERE workspace = ?", workspace);
        unit.run(
          "INSERT INTO mirrors (workspace, epoch, head, low) VALUES (?, ?, ?, ?) ON CONFLICT (workspace) DO UPDATE SET epoch = excluded.epoch, head = excluded.head, low = excluded.low, chain = NULL",
          workspace,
          epoch,
          head,
          head + 1,
        );
      }),
    read: (workspace, afterSeq, limit) =>
      database
        .all<{ seq: number; line: string; cid: string | null; at_ms: number }>(
          "SELECT seq, line, cid, at_ms FROM rows WHERE workspace = ? AND seq > ? ORDER BY seq LIMIT ?",
          workspace,
          afterSeq,
          limit,
        )
        .map(({ seq, line, cid, at_ms }) => ({ seq, line, ...(cid === null ? {} : { cid }), at: at_ms })),
    answers: (workspace, limit) =>
      database
        .all<{ person: string; text: string; answer: string; refined: string | null }>(
          "SELECT person, text, answer, refined FROM utterances WHERE workspace = ? ORDER BY rowid DESC LIMIT ?",
          workspace,
          limit,
        )
        .map(({ person, text, answer, refined }) => ({
          person,
          text,
          answer,
          ...(refined === null ? {} : { refined }),
        }))
        .toReversed(),
    probe: (atMs) =>
      database.write(
        (unit) =>
          void unit.run(
            "INSERT INTO probe (id, at_ms) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at_ms = excluded.at_ms",
            atMs,
          ),
      ),
    close: () => database.close(),
  };
}

function recordIn(unit: Unit, recording: Recording): Recorded {
  const { workspace, person, id, text, atMs, answer, outbox } = recording;
  const known = unit.get<{ text: string; answer: string; at_ms: number }>(
    "SELECT text, answer, at_ms FROM utterances WHERE workspace = ? AND id = ?",
    workspace,
    id,
  );
  if (known !== undefined) {
    return known.text === text ? { status: "repeat", answer: known.answer, atMs: known.at_ms } : { status: "conflict" };
  }
  unit.run(
    "INSERT INTO utterances (workspace, person, id, text, at_ms, answer) VALUES (?, ?, ?, ?, ?, ?)",
    workspace,
    person,
    id,
    text,
    atMs,
    answer,
  );
  for (const entry of outbox) {
    unit.run("INSERT INTO outbox (workspace, id, body) VALUES (?, ?, ?)", workspace, entry.id, entry.body);
  }
  return { status: "new", answer, atMs };
}

function refineIn(unit: Unit, { workspace, id, held, answer, outbox }: Refining): boolean {
  if (unit.run("DELETE FROM outbox WHERE workspace = ? AND id = ?", workspace, held).changes === 0) return false;
  for (const entry of outbox) {
    unit.run("INSERT INTO outbox (workspace, id, body) VALUES (?, ?, ?)", workspace, entry.id, entry.body);
  }
  unit.run("UPDATE utterances SET refined = ? WHERE workspace = ? AND id = ?", answer, workspace, id);
  return true;
}

function appendIn(unit: Unit, workspace: string, rows: readonly LogRow[], chain?: string): void {
  const last = rows.at(-1);
  if (last === undefined) return;
  for (const row of rows) {
    unit.run(
      "INSERT INTO rows (workspace, seq, line, cid, at_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      workspace,
      row.seq,
      row.line,
      row.cid ?? null,
      row.at,
    );
  }
  const low = last.seq - journalLimits.mirrorRows + 1;
  unit.run(
    "UPDATE mirrors SET chain = iif(head <= ?, ?, chain), head = max(head, ?), low = max(low, ?) WHERE workspace = ?",
    last.seq,
    chain ?? null,
    last.seq,
    low,
    workspace,
  );
  if (low > 1) unit.run("DELETE FROM rows WHERE workspace = ? AND seq < ?", workspace, low);
}
