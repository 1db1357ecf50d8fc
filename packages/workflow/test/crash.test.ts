import { describe, expect, test } from "vitest";
import { advance, childOutcome, inFlight, isOver, parentOf, parseDefinition, startRun } from "../src/index.ts";
import type { Advance, Definition, Outcome, Run, StartRef } from "../src/index.ts";

const parse = (text: string): Definition => {
  const parsed = parseDefinition(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
};

const parent = parse(`
id: order
name: Order
inputs: { items: { type: array }, pay_by: { type: string }, breaks: { type: boolean, default: false } }
steps:
  - { id: plan, kind: model, prompt: "Plan \${inputs.items}", retry: { maxAttempts: 3 }, timeoutMs: 1000 }
  - id: reserve
    kind: mcp
    server: shop
    tool: reserve
    needs: [plan]
    foreach: { in: "\${inputs.items}", maxItems: 10, concurrency: 2, onItemFailure: continue }
    with: { item: "\${item}", place: "\${index}" }
    retry: { maxAttempts: 2 }
    compensate: { kind: mcp, server: shop, tool: release, with: { id: "\${result.id}" }, retry: {} }
  - { id: until, kind: wait, until: "\${inputs.pay_by}", needs: [reserve] }
  - { id: breathe, kind: wait, durationMs: 5, needs: [plan] }
  - { id: paid, kind: wait, signal: "paid", timeoutMs: 9000, onTimeout: continue, needs: [until] }
  - { id: may, kind: approve, message: "Ship \${steps.reserve.output}?", with: "\${steps.paid.output}", needs: [reserve, paid] }
  - { id: never, kind: task, needs: [plan], when: "steps.plan.output.n > 5 or not steps.plan.output exists" }
  - id: ship
    kind: workflow
    workflow: shipping
    needs: [may, breathe, never]
    with: { what: "\${steps.reserve.output}", breaks: "\${inputs.breaks}" }
    compensate: { kind: workflow, workflow: shipping, with: { what: "\${result.label}" } }
  - { id: tell, kind: task, needs: [ship], with: "\${steps.ship.output.label}", when: "not inputs.breaks", stepTimeoutMs: 77 }
  - { id: fall, kind: task, needs: [ship], when: "inputs.breaks" }
outputs: { label: "\${steps.ship.output.label}", by: "\${steps.may.output.by}" }
`);
const child = parse(`
id: shipping
name: Shipping
inputs: { what: {type: array }, breaks: { type: boolean } }
steps:
  - { id: pack, kind: task, with: "\${inputs.what}" }
  - { id: label, kind: model, prompt: "Label", needs: [pack] }
outputs: { label: "\${steps.label.output}" }
`);
const definitions: Readonly<Record<string, Definition>> = { order: parent, shipping: child };

/** All that outlives a crash: the runs as texts, by id. */
type Disk = ReadonlyMap<string, string>;
type Told = readonly [string, Outcome];

const read = (disk: Disk, id: string): Run => JSON.parse(disk.get(id) ?? "null") as Run;
const write = (disk: Disk, { run }: Advance): Disk => new Map([...disk, [run.runId, JSON.stringify(run)]]);
const definitionOf = (run: Run): Definition => definitions[run.workflowId] ?? parent;

/** What is done next, known from the disk alone: one commit. Undefined when all is over. */
function step(disk: Disk): { readonly disk: Disk; readonly told?: Told } | undefined {
  const runs = [...disk.keys()].map((id) => read(disk, id));
  for (const run of runs) {
    const outcome = childOutcome(run);
    const above = run.parent === undefined ? undefined : read(disk, run.parent.runId);
    if (outcome === undefined || above === undefined) continue;
    const next = advance(definitionOf(above), above, outcome);
    if (next.run !== above) return { disk: write(disk, next), told: [above.runId, outcome] };
  }
  for (const run of runs) {
    for (const ref of inFlight(run)) {
      const described = definitionOf(run).steps.find(({ id }) => id === ref.stepId);
      const kind = ref.compensates === true ? described?.compensate?.kind : described?.kind;
      if (kind !== "workflow") {
        const outcome = answer(run, ref);
        return { disk: write(disk, advance(definitionOf(run), run, outcome)), told: [run.runId, outcome] };
      }
      const runId = `${run.runId}.${ref.stepId}.${ref.attempt}${ref.compensates === true ? ".undo" : ""}`;
      if (disk.has(runId)) continue;
      const inputs = { what: [ref.attempt], breaks: false };
      return { disk: write(disk, startRun(child, { runId, inputs, depth: 1, parent: parentOf(run.runId, ref) })) };
    }
  }
  return undefined;
}

// The same for the same start: what a real worker gives once, or gives again after a crash.
function answer(run: Run, ref: StartRef): Outcome {
  const { stepId, attempt, item, compensates } = ref;
  const fail = (code: string): Outcome => ({ ...ref, kind: "failed", error: { code, message: `${stepId} broke` } });
  if (compensates === true) return attempt === 1 ? fail("busy") : { ...ref, kind: "completed", output: null };
  if (stepId === "plan" && attempt === 1) return { ...ref, kind: "timed_out" };
  if (stepId === "plan") return { ...ref, kind: "completed", output: { n: 3 } };
  if (stepId === "reserve" && item === 1) return fail("sold_out");
  if (stepId === "paid") return { kind: "signalled", signal: "paid", value: { amount: 5 } };
  if (stepId === "fall") return fail("fell");
  if (stepId === "may") {
    return { ...ref, kind: "decided", decision: "approved", hash: run.steps[stepId]?.shown ?? "", by: "Ann" };
  }
  return { ...ref, kind: "completed", output: { id: `${stepId} ${item ?? ""}` } };
}

const begin = (breaks: boolean): Disk => {
  const inputs = { items: ["a", "b", "c"], pay_by: "2026-12-24T18:00:00Z", breaks };
  return write(new Map(), startRun(parent, { runId: "o1", inputs }));
};

/** Lives to the end; before the commit `crashAt` everything said so far is said again. Returns the disk after each commit. */
function live(breaks: boolean, crashAt = -1): readonly Disk[] {
  const disks = [begin(breaks)];
  const told: Told[] = [];
  for (let commits = 0; commits < 200; commits += 1) {
    const disk = disks.at(-1) ?? begin(breaks);
    if (commits === crashAt) {
      for (const [runId, outcome] of told) {
        const run = read(disk, runId);
        expect(advance(definitionOf(run), run, outcome).run).toBe(run);
      }
    }
    const next = step(disk);
    if (next === undefined) return disks;
    if (next.told !== undefined) told.push(next.told);
    disks.push(next.disk);
  }
  throw new Error("it does not end");
}

describe("a workflow of every kind", () => {
  test.each([
    ["well", false, "completed"],
    ["in a failure that is undone", true, "compensated"],
  ] as const)("[W15][W21] that ends %s ends in the same bytes after a crash at any commit", (_how, breaks, status) => {
    const calm = live(breaks);
    const end = calm.at(-1) ?? new Map<string, string>();
    expect(read(end, "o1").status).toBe(status);
    expect([...end.keys()].every((id) => isOver(read(end, id)))).toBe(true);
    expect(calm.length).toBeGreaterThan(15);
    for (let at = 0; at < calm.length; at += 1) {
      expect(live(breaks, at)).toEqual(calm);
      // And from the disk alone, as a process does that begins there.
      let disk = calm[at] ?? end;
      for (let next = step(disk); next !== undefined; next = step(disk)) disk = next.disk;
      expect(disk).toEqual(end);
    }
  });

  test("[W21] every kind of step, and every way of a step, has been part of it", () => {
    const seen = parent.steps.map(({ kind }) => kind);
    expect(new Set(seen)).toEqual(new Set(["mcp", "model", "task", "workflow", "wait", "approve"]));
    const end = live(true).at(-1) ?? new Map<string, string>();
    const { steps } = read(end, "o1");
    expect(
      Object.fromEntries(Object.entries(steps).map(([id, { status, undo }]) => [id, undo?.status ?? status])),
    ).toEqual({
      plan: "completed",
      reserve: "completed",
      until: "completed",
      breathe: "completed",
      paid: "completed",
      may: "completed",
      never: "skipped",
      ship: "completed",
      tell: "skipped",
      fall: "failed",
    });
    expect(steps["reserve"]?.items?.map(({ status, attempt }) => [status, attempt])).toEqual([
      ["completed", 1],
      ["failed", 2],
      ["completed", 1],
    ]);
    expect(steps["reserve"]?.undo).toEqual({ status: "completed", attempt: 2 });
  });
});
