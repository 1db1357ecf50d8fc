import { describe, expect, test } from "vitest";
import { fromLegacy, startRun } from "../src/index.ts";
import { define } from "./definitions.ts";

const plain = `id: workflow_1700000000000
name: user-auth
steps:
  - agent: lead
    task: Plan it
  - agent: dev
    task: Build \${it}
context:
  complexity: high
created: '2025-01-01T00:00:00.000Z'
`;
const rich = `metadata:
  type: workflow
  id: Draft-Review
  name: Review of drafts
  version: 2.1.0
  description: Reads drafts.
  tags: [a, b]
workflow_config:
  philosophy: Less is more
  triggers:
    manual: [draft_ready, 5]
    semantic:
      - { condition: drafts hold decisions, confidence: 0.8 }
      - { condition: unsure, confidence: 8 }
    automatic: [always]
  steps:
    - { step: 1, name: Read, personality: shepherd, focus: Decisions, prompt: "Read the drafts" }
    - { step: 2, name: Judge, agent: lead, template: templates/judge.md }
    - { step: 3, name: Write, description: "Write it down", level: high }
`;

describe("the older layouts", () => {
  test("[W47] steps of agent and task become questions, one after the other", () => {
    const reading = fromLegacy(plain);
    if (!reading?.ok) throw new Error(JSON.stringify(reading));
    expect(reading.value).toMatchObject({
      id: "workflow_1700000000000",
      name: "user-auth",
      version: 1,
      steps: [
        { id: "step_1", kind: "model", prompt: "Plan it", needs: [], with: { agent: "lead" } },
        {
          id: "step_2",
          kind: "model",
          prompt: "Build $${it}",
          needs: ["step_1"],
          with: { agent: "dev", before: "${steps.step_1.output}" },
        },
      ],
      outputs: { result: "${steps.step_2.output}" },
    });
    expect(reading.leftOut.map(({ path }) => path)).toEqual(["/context", "/created"]);
    expect(startRun(reading.value, { runId: "r", inputs: {} }).start).toMatchObject([{ prompt: "Plan it" }]);
  });

  test("[W47] the richer layout keeps its triggers; what has no place is listed", () => {
    const reading = fromLegacy(rich, { source: "context.yaml" });
    if (!reading?.ok) throw new Error(JSON.stringify(reading));
    expect(reading.value).toMatchObject({
      id: "draft_review",
      name: "Review of drafts",
      description: "Reads drafts.",
      version: 2,
      triggers: { manual: ["draft_ready"], semantic: [{ condition: "drafts hold decisions", confidence: 0.8 }] },
      steps: [
        {
          id: "step_1",
          name: "Read",
          prompt: "Read the drafts",
          with: { personality: "shepherd", focus: "Decisions" },
        },
        { id: "step_2", name: "Write", prompt: "Write it down", needs: ["step_1"] },
      ],
    });
    expect(reading.leftOut.map(({ path }) => path).toSorted()).toEqual([
      "/metadata/id",
      "/metadata/tags",
      "/metadata/type",
      "/metadata/version",
      "/workflow_config/philosophy",
      "/workflow_config/steps/1",
      "/workflow_config/steps/2/level",
      "/workflow_config/triggers/automatic",
      "/workflow_config/triggers/manual/1",
      "/workflow_config/triggers/semantic/1",
    ]);
  });

  test("[W47] steps under names of their own are taken in their order", () => {
    const reading = fromLegacy(`metadata: { id: bubbling }
workflow_config:
  steps:
    1_judge: { prompt: "Is it so?", threshold: 0.7 }
    2_find: { action: walk }
    3_adapt: { prompt: "Adapt it" }
`);
    if (!reading?.ok) throw new Error(JSON.stringify(reading));
    expect(reading.value.steps.map(({ id, name }) => [id, name])).toEqual([
      ["step_1", "1_judge"],
      ["step_2", "3_adapt"],
    ]);
    expect(reading.leftOut.map(({ path }) => path)).toEqual([
      "/workflow_config/steps/1_judge/threshold",
      "/workflow_config/steps/2_find",
    ]);
  });

  test("[W47] without anything to do it is told why, with its place; other texts are none of its business", () => {
    const empty = fromLegacy("metadata: { id: x }\nworkflow_config:\n  steps:\n    - { name: a }\n", {
      source: "x.yaml",
    });
    expect(empty).toMatchObject({
      ok: false,
      problems: [{ code: "missing_key", path: "/workflow_config/steps", line: 3, column: 3, source: "x.yaml" }],
    });
    expect(fromLegacy("metadata: { name: x }\nworkflow_config: {}")).toMatchObject({
      ok: false,
      problems: [{ path: "/metadata" }],
    });
    for (const other of [
      "",
      "[1]",
      "id: a\nname: a\nsteps: [{ id: a }]",
      "a: 1",
      "id: [",
      JSON.stringify(define({ steps: [{ id: "a", kind: "task" }] })),
    ]) {
      expect(fromLegacy(other)).toBeUndefined();
    }
  });
});
