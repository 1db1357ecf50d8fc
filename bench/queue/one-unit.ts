import { migrateQueue, openQueue } from "@kingly/queue";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { openDatabase } from "@kingly/sqlite";
import { quantile } from "./side.ts";

/** Writes a business row, an event row and a job in one durable unit, again and again. */
export async function oneUnit(path: string, count: number): Promise<{ readonly p50: number; readonly p99: number }> {
  const database = openDatabase({ path });
  await migrateQueue(database);
  await database.write((unit) => {
    unit.run("CREATE TABLE business (id INTEGER PRIMARY KEY, name TEXT)");
    unit.run("CREATE TABLE event (id INTEGER PRIMARY KEY, what TEXT)");
  });
  const clock = createSystemClock();
  const queue = await openQueue<{ noop: number }>({ database, clock, random: createSystemRandom() });
  const ms: number[] = [];
  for (let index = 0; index < count + 500; index += 1) {
    const begun = performance.now();
    await database.write((unit) => {
      unit.run("INSERT INTO business (name) VALUES (?)", `row ${index}`);
      unit.run("INSERT INTO event (what) VALUES (?)", `added ${index}`);
      queue.add(unit, { type: "noop", payload: index });
    });
    if (index >= 500) ms.push(performance.now() - begun);
  }
  await queue.close();
  await database.close();
  return { p50: quantile(ms, 0.5), p99: quantile(ms, 0.99) };
}
