// Proves the promises of the codec by large numbers: round trips, grammar, injections, mending, linear time; prints a counterexample.
import { parseArgs } from "node:util";
import { agreement } from "./agreement.ts";
import { injections } from "./injections.ts";
import { linear } from "./linear.ts";
import { mending } from "./mending.ts";
import type { Found } from "./proof.ts";
import { roundTrip } from "./round-trip.ts";
import { slips } from "./slips.ts";

const { values } = parseArgs({
  options: {
    messages: { type: "string", default: "10000000" },
    strings: { type: "string", default: "1000000" },
    injections: { type: "string", default: "1000000" },
    broken: { type: "string", default: "300000" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
  },
});

const parts = ["messages", "strings", "injections", "broken", "slips", "linear"] as const;
type Part = (typeof parts)[number];

function wholeOf(name: "messages" | "strings" | "injections" | "broken" | "seed"): number {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 0) {
    console.error(`--${name} must be a whole number, got ${values[name]}.`);
    process.exit(2);
  }
  return value;
}

const seed = wholeOf("seed");
const counts = {
  messages: wholeOf("messages"),
  strings: wholeOf("strings"),
  injections: wholeOf("injections"),
  broken: wholeOf("broken"),
};
if (values.only !== undefined && !(parts as readonly string[]).includes(values.only)) {
  console.error(`--only must be one of ${parts.join(", ")}, got ${values.only}.`);
  process.exit(2);
}

/** Tells how far a part is, at most once a second. */
function progressOf(part: Part, count: number): (done: number) => void {
  let toldAt = performance.now();
  return (done) => {
    if (performance.now() - toldAt < 1000) return;
    toldAt = performance.now();
    process.stderr.write(`${part}: ${done}${count > 0 ? ` of ${count}` : ""}\n`);
  };
}

const proofs: Readonly<Record<Part, () => Found>> = {
  messages: () => roundTrip(counts.messages, seed, progressOf("messages", counts.messages)),
  strings: () => agreement(counts.strings, seed, progressOf("strings", counts.strings)),
  injections: () => injections(counts.injections, seed, progressOf("injections", counts.injections)),
  broken: () => mending(counts.broken, seed, progressOf("broken", counts.broken)),
  slips,
  linear: () => linear(progressOf("linear", 0)),
};

for (const part of parts) {
  if (values.only !== undefined && values.only !== part) continue;
  const start = performance.now();
  const found = proofs[part]();
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const isProved = "facts" in found;
  console.log(`\n== ${part}: ${isProved ? "0 counterexamples" : "A COUNTEREXAMPLE"}, seed ${seed}, ${seconds} s`);
  for (const line of isProved ? found.facts : [found.counterexample]) console.log(line);
  if (!isProved) process.exitCode = 1;
}
