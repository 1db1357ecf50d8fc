// The store at 10,000, 100,000 and 1,000,000 memories, beside bare better-sqlite3 on the same file and beside
// @modelcontextprotocol/server-memory through a real client; ways take turns. Options: --help.
import { availableParallelism, cpus, loadavg } from "node:os";
import { benchPast } from "./past.ts";
import { benchRival } from "./rival.ts";
import { benchSize } from "./size.ts";
import { benchWalks } from "./walks.ts";
import { readOptions, usage } from "./options.ts";

const options = readOptions(process.argv.slice(2));
if ("wrong" in options) {
  console.log(`${options.wrong}\n\n${usage}`.trim());
  process.exit(options.wrong === "" ? 0 : 1);
}
const machine = `${availableParallelism()} shared cores (${cpus()[0]?.model ?? "unknown"}), Node ${process.version}`;
console.log(`${machine}, load average before ${loadavg()[0]?.toFixed(1)}; every write is durable (synchronous FULL)`);
const misses: string[] = [];
for (const size of options.sizes) misses.push(...(await benchSize(size, options.rounds, options.keep)));
if (options.versions > 0) misses.push(...(await benchPast(options.versions, options.rounds, options.keep)));
for (const size of options.entities) await benchWalks(size, options.rounds);
for (const size of options.rivals) await benchRival(size, options.rounds);
for (const miss of misses) console.log(`MISSED: ${miss}`);
if (misses.length > 0) process.exitCode = 1;
