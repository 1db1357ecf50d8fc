// Counts the tokens of the fixed twenty messages (o200k) as coded lines and in six other ways: `node bench/codec/tokens.ts`.
// The two calls of tools have the ids that the interfaces add: a model reads them back, but does not write them.
import { digest, teachingText } from "@kingly/codec";
import type { Event } from "@kingly/codec";
import { loadRivals } from "./rivals.ts";
import { samples } from "./messages.ts";
import type { Sample } from "./messages.ts";

const { toon, countTokens } = loadRivals();

const toolCall = (name: string, id: string, args: object): string =>
  JSON.stringify({
    id: `call_${id}`,
    type: "function",
    function: { name, arguments: JSON.stringify(args) },
  });
const toolUse = (name: string, id: string, input: object): string =>
  JSON.stringify({ type: "tool_use", id: `toolu_${id}`, name, input });

// Ids as the two interfaces give them: 24 letters and digits, other ones each time.
const idOf = (index: number): string =>
  Array.from({ length: 24 }, (_, at) => "q7XkR2mVbT9sLdWcY4gHnJ0pFzA8eU3i"[(index * 13 + at * 7 + at * at) % 32]).join(
    "",
  );

interface Row {
  readonly name: string;
  readonly counts: Readonly<Record<Way, number>>;
}
const ways = ["coded", "array", "JSON", "pretty", "TOON", "tool call", "tool_use"] as const;
type Way = (typeof ways)[number];

function countSample({ message, line }: Sample, index: number): Row {
  const { op, ...fields } = message;
  const texts: Readonly<Record<Way, string>> = {
    coded: line,
    array: JSON.stringify([line.slice(0, 2), ...Object.values(fields)]),
    JSON: JSON.stringify(message),
    pretty: JSON.stringify(message, null, 2),
    TOON: toon.encode(message),
    "tool call": toolCall(op, idOf(index), fields),
    tool_use: toolUse(op, idOf(index), fields),
  };
  const counts = Object.fromEntries(ways.map((way) => [way, countTokens(texts[way])])) as Record<Way, number>;
  return { name: `${index + 1} ${line.slice(0, 2)} ${op}`, counts };
}

const rows = samples.map(countSample);
const totals = Object.fromEntries(
  ways.map((way) => [way, rows.reduce((sum, row) => sum + row.counts[way], 0)]),
) as Record<Way, number>;

const print = (name: string, cells: readonly string[]): void =>
  console.log(name.padEnd(24) + cells.map((cell) => cell.padStart(10)).join(""));
print("", ways);
for (const { name, counts } of rows)
  print(
    name,
    ways.map((way) => String(counts[way])),
  );
print(
  "total",
  ways.map((way) => String(totals[way])),
);
print(
  "coded / this",
  ways.map((way) => (totals.coded / totals[way]).toFixed(3)),
);

const targets: readonly (readonly [Way, number])[] = [
  ["JSON", 0.61],
  ["TOON", 0.62],
  ["tool call", 0.3],
  ["tool_use", 0.31],
];
for (const [way, most] of targets) {
  const ratio = totals.coded / totals[way];
  if (ratio > most) process.exitCode = 1;
  console.log(`${ratio <= most ? "reached" : "MISSED "} coded is ${ratio.toFixed(3)} of ${way}, at most ${most}`);
}

const taught = countTokens(teachingText());
if (taught > 190) process.exitCode = 1;
console.log(
  `${taught <= 190 ? "reached" : "MISSED "} the text that teaches the five commands: ${taught} tokens, at most 190`,
);

// The status of twenty entities, in the 300 tokens that a prompt of the front has for it.
const statuses = Array.from({ length: 40 }, (_, index): Event => ({
  op: "status_update",
  entity_id: `task_${100 + index}`,
  status: ["in_progress", "queued", "done"][index % 3] ?? "",
  progress: (index % 20) / 20,
}));
const counted = digest(statuses, { maxTokens: 300, countTokens });
const estimated = digest(statuses, { maxTokens: 300 });
console.log(
  `a digest of 300 tokens holds ${counted.kept} statuses when counted, ${estimated.kept} by the estimate (${countTokens(estimated.text)} tokens)`,
);
