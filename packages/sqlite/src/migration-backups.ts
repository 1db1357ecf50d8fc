import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DatabaseClock } from "./clock.ts";
import type { DatabaseLog } from "./database-log.ts";
import type { Database } from "./database-types.ts";

/** How many backups before migrations stand beside a file. */
export const keptMigrationBackups = 3;

/** Backs the file up before a room's migration and removes older such backups; returns the path. [DB17] */
export async function backUpBeforeMigration(
  deps: {
    readonly database: Pick<Database, "backup">;
    readonly clock: DatabaseClock;
    readonly log: DatabaseLog | undefined;
  },
  file: string,
  room: string,
  migration: string,
): Promise<string> {
  const time = new Date(deps.clock.nowMs()).toISOString().replaceAll(/[-:.]/g, "");
  const { path, pages } = await deps.database.backup(`${file}.before-${room}-${migration}-${time}`);
  deps.log?.info("the database was backed up before a migration", { room, migration, path, pages });
  const folder = dirname(file);
  const start = `${basename(file)}.before-`;
  const timeOf = (name: string): string => /\d{8}T\d{9}Z$/.exec(name)?.[0] ?? "";
  const older = readdirSync(folder)
    .filter((name) => name.startsWith(start) && timeOf(name) !== "")
    .toSorted((left, right) => (timeOf(left) < timeOf(right) ? 1 : -1))
    .slice(keptMigrationBackups);
  for (const name of older) rmSync(join(folder, name), { force: true });
  return path;
}
