import type { Database } from "@kingly/sqlite";

/** Where a point read looks: the database (what is committed) or a unit (its own changes too). */
export type Reader = Pick<Database, "get" | "all">;
