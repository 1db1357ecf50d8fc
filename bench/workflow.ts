// Measures what one advance costs in the largest runs that a definition allows: `node bench/workflow.ts [rounds]`.
// Beside it stands what every caller pays anyway: writing the state as JSON and reading it back. One core, no database.
import assert from "node:assert/strict";
import { advance, parseDefinition, startRun } from "@kingly/workflow";
import type { Definition, Json, StepStart } from "@kingly/workflow";

const rounds = Number(process.argv[2] ?? 7);

interface Shape {
  readonly name: string;
  readonly definition: { readonly [key: string]: Json };
  readonly inputs?: Readonly<Record<string, Json>>;
}

const task = (id: string, more: { readonly [key: string]: Json } = {}): Json => ({ id, kind: "task", ...more });
const ids = Array.from({ length: 200 }, (_, index) => `s${index}`);
const list = Array.from({ length: 1000 }, (_, index) => ({ index, name: `item ${index}` }));
const shapes: readonly Shape[] = [
  { name: "10 steps, one after the other", definition: { steps: chain(10) } },
  { name: "200 steps, one after the other", definition: { steps: chain(200) } },
  { name: "198 steps between two", definition: { steps: fan() } },
  {
    name: "200 steps, each after all before it",
    definition: { steps: ids.map((id, at) => task(id, { needs: ids.slice(0, at) })) },
  },
  {
    name: "1,000 items, 100 at once",
    inputs: { list },
    definition: {
      inputs: { list: { type: "array" } },
      steps: [
        task("each", { foreach: { in: "${inputs.list}", maxItems: 1000, concurrency: 100 }, with: "${item.name}" }),
      ],
    },
  },
];

function chain(length: number): readonly Json[] {
  return ids.slice(0, length).map((id, at) => task(id, { needs: at === 0 ? [] : [`s${at - 1}`] }));
}

function fan(): readonly Json[] {
  const middle = ids.slice(1, -1);
  return [task("s0"), ...middle.map((id) => task(id, { needs: ["s0"] })), task("s199", { needs: middle })];
}

interface Walk {
  readonly advances: number;
  readonly advanceMs: number;
  readonly jsonMs: number;
  readonly bytes: number;
}

/** Walks a run to its end: advances and the JSON of their states take turns. */
function walk(definition: Definition, inputs: Readonly<Record<string, Json>>): Walk {
  let now = startRun(definition, { runId: "run", inputs });
  const open: StepStart[] = [...now.start];
  let advances = 0;
  let advanceMs = 0;
  let jsonMs = 0;
  let text = "";
  for (let at = 0; at < open.length; at += 1) {
    const { stepId, attempt, item } = open[at] as StepStart;
    const place = item === undefined ? {} : { item };
    const begun = performance.now();
    now = advance(definition, now.run, { kind: "completed", stepId, attempt, ...place, output: { ok: true } });
    const advanced = performance.now();
    text = JSON.stringify(now.run);
    JSON.parse(text);
    jsonMs += performance.now() - advanced;
    advanceMs += advanced - begun;
    open.push(...now.start);
    advances += 1;
  }
  assert.equal(now.run.status, "completed");
  return { advances, advanceMs, jsonMs, bytes: text.length };
}

const results = shapes.map(({ name, definition, inputs = {} }) => {
  const text = JSON.stringify({ id: "bench", name: "Bench", ...definition });
  const parsedAt = performance.now();
  const parsed = parseDefinition(text, { format: "json" });
  const parseMs = performance.now() - parsedAt;
  assert.ok(parsed.ok);
  const walks = Array.from({ length: rounds }, () => walk(parsed.value, inputs)).toSorted(
    (a, b) => a.advanceMs - b.advanceMs,
  );
  const { advances, advanceMs, jsonMs, bytes } = walks[Math.floor(rounds / 2)] as Walk;
  return {
    run: name,
    advances,
    "µs per advance": Math.round((advanceMs / advances) * 1000),
    "µs of JSON per state": Math.round((jsonMs / advances) * 1000),
    ratio: Math.round((advanceMs / jsonMs) * 100) / 100,
    "last state, KB": Math.round(bytes / 1000),
    "parse, ms": Math.round(parseMs),
  };
});
console.table(results);
