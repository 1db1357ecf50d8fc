// A process of its own for the races: one line in is one order, one line out its answer.
import { createInterface } from "node:readline";
import { claimProcess, readToken, resolveHome } from "../src/index.ts";

for await (const line of createInterface({ input: process.stdin })) {
  const [order, folder] = line.split(" ");
  const home = resolveHome({ KINGLY_HOME: folder }, "/");
  const answer = order === "token" ? readToken(home, {}) : claimProcess(home, "gateway");
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
