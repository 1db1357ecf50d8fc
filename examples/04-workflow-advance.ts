import assert from "node:assert/strict";
//#region use
import { advance, checkInputs, parseDefinition, startRun } from "@kingly/workflow";

const text = `
id: article
name: Write an article
inputs:
  topic: { type: string, required: true }
steps:
  - { id: outline, kind: model, prompt: "Outline an article on \${inputs.topic}." }
  - { id: research, kind: mcp, server: web, tool: search, with: { query: "\${inputs.topic}" }, retry: {} }
  - id: write
    kind: model
    needs: [outline, research]
    prompt: "Write \${steps.outline.output.title} from \${steps.research.output}."
outputs:
  article: \${steps.write.output}
`;
const parsed = parseDefinition(text, { source: "article.yaml" });
assert.ok(parsed.ok); // or parsed.problems: code, message, hint, line and column of everything wrong
const definition = parsed.value;
const inputs = checkInputs(definition, { topic: "kings" });
assert.ok(inputs.ok);

const begun = startRun(definition, { runId: "run_1", inputs: inputs.value });
// begun.start: outline and research, together. Do them, then tell what came of each:
const failed = advance(definition, begun.run, {
  kind: "failed",
  stepId: "research",
  attempt: 1,
  error: { code: "offline", message: "The server is away." },
});
// failed.start: research again, attempt 2, in 1,000 ms. The run is plain JSON, to be stored between any two advances.
const stored: typeof failed.run = JSON.parse(JSON.stringify(failed.run));
//#endregion

assert.deepEqual(
  begun.start.map((start) => `${start.stepId}#${start.attempt}`),
  ["outline#1", "research#1"],
);
assert.equal(begun.start[0]?.prompt, "Outline an article on kings.");
assert.deepEqual(
  failed.start.map((start) => [start.stepId, start.attempt, start.delayMs]),
  [["research", 2, 1000]],
);
const outlined = advance(definition, stored, {
  kind: "completed",
  stepId: "outline",
  attempt: 1,
  output: { title: "On Kings" },
});
assert.deepEqual(outlined.start, []);
const found = advance(definition, outlined.run, {
  kind: "completed",
  stepId: "research",
  attempt: 2,
  output: ["a", "b"],
});
assert.equal(found.start[0]?.prompt, 'Write On Kings from ["a","b"].');
const done = advance(definition, found.run, { kind: "completed", stepId: "write", attempt: 1, output: "Once..." });
assert.deepEqual(done.run.outputs, { article: "Once..." });
// Telling an outcome again changes nothing.
const again = advance(definition, done.run, { kind: "completed", stepId: "write", attempt: 1, output: "Twice" });
assert.equal(again.run, done.run);
console.log(`workflow: ${done.run.status}, and nothing was done twice`);
