import SqliteFile from "better-sqlite3";

/** What a server of the harness is started with. */
export interface ServerPlan {
  readonly port: number;
  readonly path: string;
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly publishAfterMs: number;
}

/** Reads the plan from the command line: it is one JSON. */
export function readPlan(): ServerPlan {
  return JSON.parse(process.argv[2] ?? "{}") as ServerPlan;
}

/** What the rivals' servers write down: how far they published, and what was said to them. */
export interface Book {
  published(): number;
  publish(n: number): void;
  hear(client: number, n: number): void;
}

/** Opens the book of a server that has no log of its own. It syncs nothing: a killed process loses no row by that. */
export function openBook(path: string): Book {
  const file = new SqliteFile(path);
  file.pragma("journal_mode = WAL");
  file.pragma("synchronous = OFF");
  file.exec(
    "CREATE TABLE IF NOT EXISTS event (n INTEGER PRIMARY KEY); CREATE TABLE IF NOT EXISTS heard (place INTEGER PRIMARY KEY, client INTEGER, n INTEGER)",
  );
  const last = file.prepare("SELECT coalesce(max(n), 0) FROM event").pluck();
  const publish = file.prepare("INSERT INTO event (n) VALUES (?)");
  const hear = file.prepare("INSERT INTO heard (client, n) VALUES (?, ?)");
  return {
    published: () => last.get() as number,
    publish: (n) => void publish.run(n),
    hear: (client, n) => void hear.run(client, n),
  };
}

/** Publishes by the clock, from where the last process was ended, until all events of the plan are out. */
export function publishByTheClock(plan: ServerPlan, published: () => number, publish: (n: number) => void): void {
  const from = published();
  const startedMs = performance.now() + plan.publishAfterMs;
  let next = from + 1;
  const timer = setInterval(() => {
    const due = Math.min(
      plan.events,
      from + Math.floor(((performance.now() - startedMs) * plan.eventsPerSecond) / 1000),
    );
    for (; next <= due; next += 1) publish(next);
    if (next > plan.events) clearInterval(timer);
  }, 5);
}
