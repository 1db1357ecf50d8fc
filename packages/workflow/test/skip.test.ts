import { describe, expect, test } from "vitest";
import type { Json } from "../src/index.ts";
import { define } from "./definitions.ts";
import { begin, done, names, statuses, walk } from "./walks.ts";

const task = (id: string, more: { readonly [key: string]: Json } = {}): Json => ({ id, kind: "task", ...more });

describe("when", () => {
  test("[W28] a step whose condition does not hold is skipped, says so, and its output is null", () => {
    const definition = define({
      steps: [
        task("check"),
        task("yes", { needs: ["check"], when: "steps.check.output.ok" }),
        task("no", { needs: ["check"], when: "not steps.check.output.ok" }),
        task("join", {
          needs: ["yes", "no"],
          with: ["${steps.yes.output}", "${steps.no.output.deep}", "${steps.no.status}"],
        }),
      ],
    });
    const forked = walk(definition, done("check", { ok: true }));
    expect(names(forked.start)).toEqual(["yes"]);
    expect(forked.run.steps["no"]).toEqual({ status: "skipped", attempt: 0, reason: "when" });
    expect(forked.changed).toContainEqual({ stepId: "no", status: "skipped" });
    const joined = walk(definition, done("check", { ok: true }), done("yes", 5));
    expect(joined.start).toMatchObject([{ stepId: "join", input: [5, null, "skipped"] }]);
  });

  test("[W28] what needs skipped steps only is skipped too, by any way, and the run completes", () => {
    const definition = define({
      inputs: { go: { type: "boolean" } },
      steps: [task("a", { when: "inputs.go" }), task("b", { needs: ["a"] }), task("c", { needs: ["a", "b"] })],
      outputs: { c: "${steps.c.output}" },
    });
    const { run, start } = begin(definition);
    expect(start).toEqual([]);
    expect(statuses(run)).toEqual({ a: "skipped", b: "skipped", c: "skipped" });
    expect(run.steps["c"]?.reason).toBe("needs_skipped");
    expect(run).toMatchObject({ status: "completed", progress: 1, outputs: { c: null } });
    expect(names(begin(definition, { go: true }).start)).toEqual(["a"]);
  });

  test("[W28] with a condition of its own it alone decides", () => {
    const definition = define({
      inputs: { go: { type: "boolean" } },
      steps: [task("a", { when: "inputs.go" }), task("instead", { needs: ["a"], when: "steps.a.status == 'skipped'" })],
    });
    expect(names(begin(definition).start)).toEqual(["instead"]);
    expect(walk(definition).run.steps["a"]?.reason).toBe("when");
    expect(statuses(begin(definition, { go: true }).run)).toEqual({ a: "running", instead: "pending" });
  });

  test("[W28] a condition is asked once: what it asked about cannot change its mind", () => {
    const definition = define({
      inputs: { n: { type: "number" } },
      steps: [task("a", { when: "inputs.n > 1", retry: { maxAttempts: 2 } })],
    });
    expect(statuses(begin(definition, { n: 2 }).run)).toEqual({ a: "running" });
    expect(statuses(begin(definition, { n: 1 }).run)).toEqual({ a: "skipped" });
  });
});
