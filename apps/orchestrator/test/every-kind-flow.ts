// One workflow of every kind of step and every key that moves a run: mcp, model, task, workflow, wait (time and
// signal), approve; foreach, when, retry, timeout, onFailure, compensate. With `fails` it breaks off at its end and is
// undone. Used by the crash proofs.

/** The texts of the two definitions, by the name of their file. */
export const everyKind: Readonly<Record<string, string>> = {
  "every_child.yaml": `
id: every_child
name: A child
inputs: { title: { type: string, required: true } }
steps:
  - { id: think, kind: model, prompt: "About \${inputs.title}" }
  - id: note
    kind: mcp
    server: world
    tool: put
    idempotent: true
    needs: [think]
    with: { key: child, value: "\${steps.think.output.text}" }
outputs: { said: "\${steps.think.output.text}" }
`,
  "every_kind.yaml": `
id: every_kind
name: Every kind
inputs:
  names: { type: array, required: true }
  fails: { type: boolean, default: false }
steps:
  - { id: plan, kind: model, prompt: "A plan for \${inputs.names}" }
  - id: send
    kind: mcp
    server: world
    tool: put
    idempotent: true
    needs: [plan]
    foreach: { in: "\${inputs.names}", maxItems: 10, concurrency: 2 }
    with: { key: "\${item}", value: "\${index}" }
    compensate: { kind: mcp, server: world, tool: drop, idempotent: true, with: { key: "\${item}" } }
  - id: shaky
    kind: mcp
    server: world
    tool: later
    idempotent: true
    needs: [send]
    retry: { maxAttempts: 4, backoffMs: 200 }
    with: { key: shaky, value: 1 }
  - { id: rest, kind: wait, durationMs: 300, needs: [shaky] }
  - { id: may, kind: approve, message: "Go on with \${inputs.names}?", with: { plan: "\${steps.plan.output.text}" }, needs: [rest] }
  - { id: paid, kind: wait, signal: paid, needs: [may] }
  - { id: make, kind: task, needs: [paid], with: { tasks: "\${inputs.names}" } }
  - { id: breath, kind: wait, durationMs: 300, needs: [make] }
  - { id: never, kind: task, needs: [breath], when: "inputs.names.9 exists", with: { tasks: [Never] } }
  - { id: below, kind: workflow, workflow: every_child, needs: [breath, never], with: { title: "\${steps.paid.output.value}" } }
  - { id: stuck, kind: mcp, server: world, tool: hang, idempotent: true, needs: [below], timeoutMs: 200, onFailure: continue }
  - { id: quiet, kind: wait, signal: never, needs: [stuck], timeoutMs: 300, onTimeout: continue }
  - { id: boom, kind: mcp, server: world, tool: fail, idempotent: true, needs: [quiet], when: "inputs.fails" }
  - { id: end, kind: model, prompt: "\${steps.below.output.said} and \${steps.quiet.output.received}", needs: [boom, below, quiet] }
outputs: { end: "\${steps.end.output.text}", ids: "\${steps.make.output.ids}" }
`,
};
