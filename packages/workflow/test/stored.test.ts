import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  advance,
  definitionHash,
  definitionSchema,
  parseDefinition,
  upgradeDefinition,
  upgradeRun,
  WorkflowError,
} from "../src/index.ts";
import type { Definition, FormerDefinition, FormerRun, Run } from "../src/index.ts";
import { define } from "./definitions.ts";
import { begin, broke, cancel, done, go, names } from "./walks.ts";

// Written by the former shape of this package, as it stood in a table.
const formerDefinition = JSON.parse(`{
  "id":"flow","inputs":{},"name":"Flow","outputs":{"o":"\${steps.b.output}"},
  "steps":[
    {"id":"a","kind":"mcp","idempotent":true,"needs":[],"onFailure":"fail",
     "retry":{"backoffMs":1000,"factor":2,"maxAttempts":3,"maxBackoffMs":60000},"server":"s","tool":"t","with":{}},
    {"id":"b","kind":"wait","durationMs":5,"needs":["a"],"onFailure":"fail",
     "retry":{"backoffMs":1000,"factor":2,"maxAttempts":1,"maxBackoffMs":60000},"with":{}}],
  "version":1}`) as FormerDefinition;
const formerRun = JSON.parse(`{"runId":"r1","workflowId":"flow","version":1,"status":"running","inputs":{},
  "steps":{"a":{"status":"waiting_retry","attempt":2,"error":{"code":"x","message":"m"}},
           "b":{"status":"pending","attempt":0}},"progress":0}`) as FormerRun;

describe("what the former shape stored", () => {
  test("[W46] is read and goes on to its end", () => {
    const definition = upgradeDefinition(formerDefinition);
    const run = upgradeRun(formerRun);
    expect(run).toMatchObject({ format: 2, depth: 0, runId: "r1", steps: { a: { status: "waiting_retry" } } });
    const from = { run, start: [], stop: [], changed: [] };
    const next = go(definition, from, done("a#2", "A"));
    expect(next.start).toMatchObject([{ stepId: "b", delayMs: 5 }]);
    expect(go(definition, next, done("b", "B")).run).toMatchObject({ status: "completed", outputs: { o: "B" } });
    expect(go(definition, from, cancel, broke("a#2")).run).toMatchObject({ status: "cancelled", progress: 1 });
    const over = upgradeRun({ ...formerRun, status: "failed", error: { code: "x", message: "m", stepId: "a" } });
    expect(go(definition, { ...from, run: over }, broke("a#2")).run).toMatchObject({ status: "failed", progress: 1 });
  });

  test("[W46] what is of this shape is returned as it is", () => {
    const definition = define({ steps: [{ id: "a", kind: "task" }] });
    const { run } = begin(definition);
    expect(upgradeDefinition(definition)).toBe(definition);
    expect(upgradeRun(run)).toBe(run);
    expect(parseDefinition(JSON.stringify(upgradeDefinition(formerDefinition))).ok).toBe(true);
  });
});

describe("a definition's content", () => {
  const definition = define({ steps: [{ id: "a", kind: "task", with: { x: 1, y: 2 } }] });

  test("[W27] a run keeps the one it was started with, whatever the order of its keys", () => {
    const { run } = begin(definition);
    expect(run.definitionHash).toBe(definitionHash(definition));
    const turned = JSON.parse(
      JSON.stringify(define({ steps: [{ with: { y: 2, x: 1 }, kind: "task", id: "a" }] })),
    ) as Definition;
    expect(advance(turned, run, done("a")).run.status).toBe("completed");
    const edited = define({ steps: [{ id: "a", kind: "task", with: { x: 1, y: 3 } }] });
    expect(() => advance(edited, run, done("a"))).toThrow(WorkflowError);
    expect(() => advance(edited, run, done("a"))).toThrow(/not to this text of flow version 1/);
    const { definitionHash: _hash, ...without } = run;
    expect(names(advance(edited, without as Run, done("a")).start)).toEqual([]);
  });

  test("[W29] the file for editors is the schema", () => {
    const file = readFileSync(join(import.meta.dirname, "../workflow.schema.json"), "utf8");
    expect(JSON.parse(file)).toEqual(definitionSchema);
  });

  test("[W11] everything that a definition may hold is the same when it is written and parsed again", () => {
    const whole = define({
      description: "d",
      triggers: { manual: ["go"], semantic: [{ condition: "c", confidence: 0.5 }] },
      inputs: { list: { type: "array" } },
      steps: [
        { id: "a", kind: "approve", message: "?" },
        { id: "b", kind: "wait", signal: "s" },
        { id: "c", kind: "wait", until: "2026-01-01T00:00Z" },
        {
          id: "d",
          kind: "workflow",
          workflow: "w",
          when: "true",
          foreach: { in: "${inputs.list}", maxItems: 2 },
          timeoutMs: 1,
          stepTimeoutMs: 2,
          compensate: { kind: "model", prompt: "p", retry: {} },
        },
      ],
    });
    expect(define(JSON.parse(JSON.stringify(whole)) as { readonly [key: string]: never })).toEqual(whole);
    expect(whole.steps).toMatchObject([
      { onTimeout: "fail", onReject: "fail" },
      { onTimeout: "fail" },
      { until: "2026-01-01T00:00Z" },
      { foreach: { concurrency: 1, onItemFailure: "fail" }, compensate: { with: {}, retry: { maxAttempts: 3 } } },
    ]);
  });
});
