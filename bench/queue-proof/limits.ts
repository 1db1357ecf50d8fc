import { openProofFile, runAll } from "./proof-file.ts";

/** 60 keys: key n runs 1 + n % 5 at a time. */
export const limits = { keys: 60, rate: { max: 50, windowMs: 200 } } as const;

export interface LimitsReport {
  readonly steps: number;
  readonly starts: number;
  /** Starts with which a key had more running jobs than its limit, as the transaction of the start saw them. */
  readonly keyExceeded: number;
  /** Starts of the rated type that came too soon after the 50th before them. */
  readonly rateExceeded: number;
  readonly ratedStarts: number;
}

/** Lets processes take so many random steps in all, while triggers of the file look at every single start. */
export async function breakLimits(processes: number, steps: number, seed: number): Promise<LimitsReport> {
  const { database, path, end } = await openProofFile();
  await database.write((unit) => {
    unit.run(
      "CREATE TABLE seen (id INTEGER PRIMARY KEY, job_type TEXT, at INTEGER, running INTEGER, key_limit INTEGER)",
    );
    for (const event of ["INSERT", "UPDATE OF status"]) {
      unit.run(`CREATE TRIGGER look_${event.slice(0, 6)} AFTER ${event} ON job_queue WHEN NEW.status = 'running' BEGIN
        INSERT INTO seen (job_type, at, running, key_limit) VALUES (NEW.job_type, NEW.started_at,
          CASE WHEN NEW.concurrency_key IS NULL THEN 0 ELSE (SELECT count(*) FROM job_queue WHERE concurrency_key = NEW.concurrency_key
            AND status = 'running') END, coalesce(NEW.key_limit, 0));
      END`);
    }
  });
  const share = Math.ceil(steps / processes);
  const taken = await runAll(processes, (index) => [
    "limits-process.ts",
    path,
    `owner ${index}`,
    `${share}`,
    `${seed + index}`,
  ]);
  const one = (sql: string, ...values: readonly number[]): number =>
    database.get<{ n: number }>(sql, ...values)?.n ?? 0;
  const report = {
    steps: taken.reduce((sum, text) => sum + Number(text), 0),
    starts: one("SELECT count(*) AS n FROM seen"),
    keyExceeded: one("SELECT count(*) AS n FROM seen WHERE running > key_limit"),
    ratedStarts: one("SELECT count(*) AS n FROM seen WHERE job_type = 'rated'"),
    rateExceeded: one(
      `SELECT count(*) AS n FROM (SELECT at - lag(at, ?) OVER (ORDER BY id) AS gap FROM seen WHERE job_type = 'rated')
       WHERE gap < ?`,
      limits.rate.max,
      limits.rate.windowMs,
    ),
  };
  await end();
  return report;
}
