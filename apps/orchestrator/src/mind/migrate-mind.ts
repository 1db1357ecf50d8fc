import { migrate } from "@kingly/sqlite";
import type { Database, Migrations } from "@kingly/sqlite";

const migrations: Migrations = {
  "001_mind": {
    async up(db) {
      // The work of a task: one row, of which a later life (a retry) takes the place.
      await db.schema
        .createTable("mind_works")
        .addColumn("workspace_id", "text", (column) => column.notNull())
        .addColumn("task_id", "text", (column) => column.notNull())
        .addColumn("root_id", "text", (column) => column.notNull())
        .addColumn("depth", "integer", (column) => column.notNull())
        .addColumn("life", "integer", (column) => column.notNull())
        .addColumn("origin", "text", (column) => column.notNull())
        .addColumn("cid", "text")
        .addColumn("turn_id", "text")
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("brain", "text", (column) => column.notNull())
        .addColumn("prompt", "text")
        .addColumn("note", "text")
        .addColumn("job_id", "integer")
        .addColumn("progress", "real", (column) => column.notNull().defaultTo(0))
        .addColumn("worked_ms", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("updated_at", "integer", (column) => column.notNull())
        .addPrimaryKeyConstraint("mind_works_key", ["workspace_id", "task_id"])
        .execute();
      await db.schema.createIndex("mind_works_root").on("mind_works").columns(["workspace_id", "root_id"]).execute();
      // What was said and done in it, in order: every answer of the model, and every call from before it is made.
      await db.schema
        .createTable("mind_steps")
        .addColumn("workspace_id", "text", (column) => column.notNull())
        .addColumn("task_id", "text", (column) => column.notNull())
        .addColumn("seq", "integer", (column) => column.notNull())
        .addColumn("life", "integer", (column) => column.notNull())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("body", "text", (column) => column.notNull())
        .addColumn("hash", "text")
        .addColumn("result", "text")
        .addColumn("tokens", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("micro_usd", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("at", "integer", (column) => column.notNull())
        .addPrimaryKeyConstraint("mind_steps_key", ["workspace_id", "task_id", "seq"])
        .execute();
      // What each model has cost, by day (UTC) and workspace.
      await db.schema
        .createTable("mind_spending")
        .addColumn("day", "text", (column) => column.notNull())
        .addColumn("workspace_id", "text", (column) => column.notNull())
        .addColumn("brain", "text", (column) => column.notNull())
        .addColumn("answers", "integer", (column) => column.notNull())
        .addColumn("tokens", "integer", (column) => column.notNull())
        .addColumn("micro_usd", "integer", (column) => column.notNull())
        .addPrimaryKeyConstraint("mind_spending_key", ["day", "workspace_id", "brain"])
        .execute();
    },
  },
  "002_age": {
    async up(db) {
      // How far a work is stands in its task.
      await db.schema.alterTable("mind_works").dropColumn("progress").execute();
      // What is old is found by it.
      await db.schema.createIndex("mind_works_age").on("mind_works").columns(["workspace_id", "updated_at"]).execute();
    },
  },
};

/** Makes the tables of the mind. [O43] */
export function migrateMind(database: Database): Promise<readonly string[]> {
  return migrate(database, "mind", migrations);
}
