import { openProofFile, runAll } from "./proof-file.ts";

export interface CrowdReport {
  readonly adds: number;
  /** From `write` to its commit, as the callers saw it. */
  readonly ms: number[];
  /** What callers were refused with, by code: SQLITE_BUSY would be BUSY. */
  readonly errors: readonly (readonly [string, number])[];
  /** Jobs without their one effect. */
  readonly wrong: number;
}

/** Lets processes add to and work one file for so long, each with an add every 5 ms. */
export async function crowdFile(processes: number, seconds: number): Promise<CrowdReport> {
  const { database, path, end } = await openProofFile();
  const said = await runAll(processes, (index) => ["crowd-process.ts", path, `owner ${index}`, String(seconds)]);
  const reports = said.map(
    (text) => JSON.parse(text) as { ms: number[]; worked: number; errors: (readonly [string, number])[] },
  );
  const ms = reports.flatMap((report) => report.ms);
  const { n = 0 } = database.get<{ n: number }>("SELECT count(DISTINCT job) AS n FROM done") ?? {};
  const { all = 0 } = database.get<{ all: number }>('SELECT count(*) AS "all" FROM done') ?? {};
  await end();
  return { adds: ms.length, ms, errors: reports.flatMap((report) => report.errors), wrong: ms.length - n + (all - n) };
}
