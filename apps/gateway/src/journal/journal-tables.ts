import type { Migrations } from "@kingly/sqlite";
import { sql } from "kysely";

/** The tables of the gateway's own file: what people said, what must still go to the back, and a mirror of its log. */
export const journalTables: Migrations = {
  "001_journal": {
    async up(db) {
      await sql`CREATE TABLE utterances (
        workspace TEXT NOT NULL,
        id TEXT NOT NULL,
        text TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        answer TEXT NOT NULL,
        PRIMARY KEY (workspace, id)
      ) STRICT`.execute(db);
      // AUTOINCREMENT: a place is never used twice, so the order of sending survives deletions.
      await sql`CREATE TABLE outbox (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        workspace TEXT NOT NULL,
        id TEXT NOT NULL,
        body TEXT NOT NULL,
        UNIQUE (workspace, id)
      ) STRICT`.execute(db);
      await sql`CREATE TABLE mirrors (
        workspace TEXT PRIMARY KEY,
        epoch TEXT NOT NULL,
        head INTEGER NOT NULL,
        low INTEGER NOT NULL
      ) STRICT`.execute(db);
      await sql`CREATE TABLE rows (
        workspace TEXT NOT NULL,
        seq INTEGER NOT NULL,
        line TEXT NOT NULL,
        cid TEXT,
        at_ms INTEGER NOT NULL,
        PRIMARY KEY (workspace, seq)
      ) STRICT, WITHOUT ROWID`.execute(db);
    },
  },
  // One row that is written to see whether anything can be.
  "002_probe": {
    async up(db) {
      await sql`CREATE TABLE probe (id INTEGER PRIMARY KEY CHECK (id = 1), at_ms INTEGER NOT NULL) STRICT`.execute(db);
    },
  },
  // What a second thought made of an utterance, beside the answer that was given first.
  "003_refined": {
    async up(db) {
      await sql`ALTER TABLE utterances ADD COLUMN refined TEXT`.execute(db);
    },
  },
  // What the back called its log up to the head: proof, outside of its file, of what it held.
  "004_chain": {
    async up(db) {
      await sql`ALTER TABLE mirrors ADD COLUMN chain TEXT`.execute(db);
    },
  },
  // Who said it. Until now everybody was the owner.
  "005_person": {
    async up(db) {
      await sql`ALTER TABLE utterances ADD COLUMN person TEXT NOT NULL DEFAULT 'owner'`.execute(db);
    },
  },
};
