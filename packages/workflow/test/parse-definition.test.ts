import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { definitionSchema, maxDefinitionBytes, maxProblems, parseDefinition } from "../src/index.ts";
import type { Json } from "../src/index.ts";
import { define, problemsOf } from "./definitions.ts";

const task = (id: string, more: { readonly [key: string]: Json } = {}): Json => ({ id, kind: "task", ...more });

const article = `id: article
name: Write an article
inputs:
  topic: { type: string, required: true }
steps:
  - id: outline
    kind: model
    prompt: "Outline: \${inputs.topic}"
  - id: save
    kind: mcp
    server: files
    tool: write
    needs: [outline]
    with: { text: "\${steps.outline.output.title}" }
outputs:
  title: \${steps.outline.output.title}
`;

describe("text", () => {
  test("[W1][W11] YAML and its JSON twin give the same definition with every default", () => {
    const yaml = parseDefinition(article, { source: "article.yaml" });
    if (!yaml.ok) throw new Error(JSON.stringify(yaml.problems));
    expect(yaml.value.version).toBe(1);
    expect(yaml.value.steps[1]).toEqual({
      id: "save",
      kind: "mcp",
      server: "files",
      tool: "write",
      idempotent: false,
      needs: ["outline"],
      with: { text: "${steps.outline.output.title}" },
      retry: { maxAttempts: 1, backoffMs: 1000, factor: 2, maxBackoffMs: 60_000 },
      onFailure: "fail",
    });
    expect(parseDefinition(JSON.stringify(yaml.value), { format: "json" })).toEqual(yaml);
  });

  test("[W11] an empty retry means three attempts with the documented backoff", () => {
    const { steps } = define({
      steps: [task("a", { retry: {} }), task("b", { retry: { maxAttempts: 5 } }), task("c")],
    });
    const rest = { backoffMs: 1000, factor: 2, maxBackoffMs: 60_000 };
    expect(steps.map((step) => step.retry)).toEqual([
      { maxAttempts: 3, ...rest },
      { maxAttempts: 5, ...rest },
      { maxAttempts: 1, ...rest },
    ]);
  });

  test("[W1] broken YAML and broken JSON are problems with a place and the source", () => {
    expect(problemsOf('id: "x\n', "a.yaml")[0]).toMatchObject({ code: "syntax", source: "a.yaml", line: 2 });
    expect(problemsOf('{\n  "id": "x",\n  name: 1\n}', "a.json")[0]).toMatchObject({
      code: "syntax",
      line: 3,
      column: 3,
    });
    expect(problemsOf("id: a # yaml is not json", "a.json")[0]?.code).toBe("syntax");
    expect(problemsOf("")[0]).toMatchObject({ code: "wrong_type", path: "" });
    expect(problemsOf("a: 1\n---\nb: 2")[0]?.code).toBe("syntax");
  });

  test("[W1] a text over the size limit is refused before it is read, counted in bytes", () => {
    const filled = (characters: number): string => `# ${"ä".repeat(characters)}\n`;
    expect(problemsOf(filled(maxDefinitionBytes / 2))[0]?.code).toBe("too_large");
    expect(problemsOf(`${"#".repeat(maxDefinitionBytes)}\n`)[0]?.code).toBe("too_large");
    expect(problemsOf(filled(maxDefinitionBytes / 2 - 2))[0]?.code).toBe("wrong_type");
  });

  test("[W1] no text makes the parser throw", () => {
    const piece = fc.constantFrom(
      ...Array.from("{}[]:,-?&*!|>'\"%@`#~\n \t"),
      "id: ",
      "steps:\n- ",
      "<<: ",
      "&a ",
      "*a",
      "!!set ",
      "__proto__: ",
      "\u0000",
      "\ud800",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), (pieces) => {
        const parsed = parseDefinition(pieces.join(""));
        return !parsed.ok && parsed.problems.length > 0;
      }),
      { numRuns: 2000 },
    );
  });

  test("[W2] nesting deeper than 64 is refused in flow, block and key form, and by aliases", () => {
    for (const text of ["[".repeat(65), "[".repeat(200_000), "- ".repeat(100_000), "? ".repeat(50_000)]) {
      expect(problemsOf(text)[0]?.code).toBe("too_deep");
    }
    const nested = (levels: number): string =>
      `{"id":"a","name":"n","steps":[{"id":"s","kind":"task","with":${"[".repeat(levels)}${"]".repeat(levels)}}]}`;
    expect(parseDefinition(nested(61)).ok).toBe(true);
    expect(problemsOf(nested(62))[0]?.code).toBe("too_deep");
    const tower = Array.from({ length: 65 }, (_, level) => `- &l${level} [${level === 0 ? "" : `*l${level - 1}`}]`);
    expect(problemsOf(tower.join("\n"))[0]?.code).toBe("too_deep");
    expect(problemsOf(tower.slice(0, 63).join("\n"))[0]?.code).toBe("wrong_type");
    expect(problemsOf(tower.slice(0, 64).join("\n"))[0]?.code).toBe("too_deep");
    const deep = (levels: number, inner = ""): string => "[".repeat(levels) + inner + "]".repeat(levels);
    expect(problemsOf(`[${deep(60)}, &a 1, ${deep(20, "*a")}]`)[0]?.code).toBe("wrong_type");
    expect(problemsOf(`[&o [${deep(60)}, &i 1], ${deep(20, "*o")}]`)[0]?.code).toBe("too_deep");
  });

  test("[W2] an alias bomb is refused and a plain alias is read", () => {
    const levels = Array.from({ length: 8 }, (_, level) => {
      const inner = level === 0 ? "x" : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array.from({ length: 10 }, () => inner).join(", ")}]`;
    });
    expect(problemsOf(levels.join("\n"))[0]?.code).toBe("too_many_values");
    const long = `- &t ${"x".repeat(900_000)}\n${"- *t\n".repeat(60)}`;
    expect(problemsOf(long)[0]?.code).toBe("too_many_values");
    const plain = "id: a\nname: n\nsteps:\n- {id: x, kind: task, with: &w {k: 1}}\n- {id: y, kind: task, with: *w}";
    const parsed = parseDefinition(plain);
    expect(parsed.ok && parsed.value.steps[1]?.with).toEqual({ k: 1 });
  });

  test("[W2] an alias means the last anchor of its name above it, as it was there, and never itself", () => {
    const list = "[&i 1, &o [*i], &i 2, *o, *i]";
    const parsed = parseDefinition(`id: a\nname: n\nsteps:\n- {id: x, kind: task, with: ${list}}`);
    expect(parsed.ok && parsed.value.steps[0]?.with).toEqual([1, [1], 2, [1], 2]);
    expect(problemsOf("a: &a [ *a ]")[0]?.code).toBe("syntax");
    expect(problemsOf("a: &a 1\nb: &a [ *a ]")[0]).toMatchObject({ code: "syntax", path: "/b/0", line: 2 });
  });

  test("[W2] a text made to be slow is refused or read without a search for each piece", () => {
    const aliases = `- &a x\n${"- *a\n".repeat(20_000)}`;
    expect(problemsOf(aliases)[0]?.code).toBe("wrong_type");
    expect(problemsOf("%\n".repeat(110_000))[0]?.code).toBe("too_many_values");
    expect(problemsOf("- a\n".repeat(110_000))[0]?.code).toBe("too_many_values");
  });

  test("[W2] keys that stand twice, keys that are not text, tags and unwritable values are refused with their place", () => {
    expect(problemsOf("id: a\nname: n\nid: b\n")[0]).toMatchObject({ code: "duplicate_key", line: 3, column: 1 });
    expect(problemsOf('{"id":"a","id":"b"}', "x.json")[0]?.code).toBe("duplicate_key");
    expect(problemsOf("? [a]\n: 1")[0]?.code).toBe("syntax");
    expect(problemsOf("a: !!js/function x")[0]?.code).toBe("unsupported_yaml");
    expect(problemsOf("a: !!binary aGk=")[0]?.code).toBe("unsupported_yaml");
    expect(problemsOf("a: .inf\nb: .nan")).toHaveLength(2);
    expect(problemsOf("a: *nobody")[0]?.code).toBe("syntax");
  });

  test("[W2] twenty thousand keys in one map are checked without comparing each with each", () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`);
    const problems = problemsOf(`id: a\nname: n\nsteps: []\n${keys.join("\n")}`);
    expect(problems).toHaveLength(maxProblems);
  });
});

describe("shape", () => {
  test("[W3] every mistake is reported at once, with its place and what was probably meant", () => {
    const problems = problemsOf(`id: Article
name: n
vesion: 2
steps:
  - id: a
    kind: modle
    promt: hello
`);
    expect(problems.map(({ code, path, line, column }) => ({ code, path, line, column }))).toEqual(
      expect.arrayContaining([
        { code: "wrong_value", path: "/id", line: 1, column: 1 },
        { code: "unknown_key", path: "/vesion", line: 3, column: 1 },
        { code: "wrong_value", path: "/steps/0/kind", line: 6, column: 5 },
        { code: "unknown_key", path: "/steps/0/promt", line: 7, column: 5 },
      ]),
    );
    expect(problems.map((problem) => problem.hint)).toEqual(
      expect.arrayContaining(['Did you mean "version"?', 'Did you mean "model"?', 'Did you mean "prompt"?']),
    );
  });

  test("[W3] missing keys, wrong types, bad names and numbers outside their range are refused", () => {
    const codesAt = (value: { readonly [key: string]: Json }): readonly string[] =>
      problemsOf(value).map((problem) => `${problem.code} ${problem.path}`);
    expect(codesAt({})).toEqual(["missing_key "]);
    expect(codesAt({ steps: [{}] })).toEqual(["missing_key /steps/0", "missing_key /steps/0"]);
    expect(codesAt({ version: 0, steps: [task("a")] })).toEqual(["wrong_value /version"]);
    expect(codesAt({ version: "1", steps: [task("a")] })).toEqual(["wrong_type /version"]);
    expect(codesAt({ steps: [task("a", { retry: { maxAttempts: 21 } })] })).toEqual([
      "wrong_value /steps/0/retry/maxAttempts",
    ]);
    expect(codesAt({ steps: [task("a", { needs: ["b", "b"] })] })).toEqual(["wrong_value /steps/0/needs"]);
    expect(codesAt({ inputs: { "a-b": { type: "string" } }, steps: [task("a")] })).toEqual(["wrong_value /inputs/a-b"]);
    expect(codesAt({ steps: [task("a"), 5] })).toEqual(["wrong_type /steps/1"]);
  });

  test("[W3] 1 to 200 steps are allowed", () => {
    const steps = Array.from({ length: 201 }, (_, index) => task(`s${index}`));
    expect(define({ steps: steps.slice(0, 200) }).steps).toHaveLength(200);
    expect(problemsOf({ steps })[0]).toMatchObject({ code: "wrong_value", path: "/steps" });
    expect(problemsOf({ steps: [] })[0]).toMatchObject({ code: "wrong_value", path: "/steps" });
    expect(definitionSchema).toMatchObject({ type: "object", additionalProperties: false });
  });

  test("[W3] ids that objects carry by nature are ordinary ids", () => {
    const steps = [task("constructor"), task("valueof", { needs: ["constructor"] })];
    const inputs = { toString: { type: "string" }, hasOwnProperty: { type: "number" } };
    expect(define({ inputs, steps }).steps).toHaveLength(2);
    expect(problemsOf({ steps: [task("a", { needs: ["constructor"] })] })[0]?.code).toBe("unknown_need");
    expect(problemsOf({ steps: [task("a", { with: "${inputs.constructor}" })] })[0]?.code).toBe("unknown_input");
    expect(problemsOf('{"__proto__": {"id": "x"}, "name": "n", "steps": []}').map((each) => each.path)).toContain(
      "/__proto__",
    );
  });
});

describe("meaning", () => {
  test("[W4] a step must have the keys of its kind and may not have those of another", () => {
    const problems = problemsOf({
      steps: [
        { id: "a", kind: "mcp", server: "files" },
        { id: "b", kind: "model" },
        { id: "c", kind: "wait", tool: "x" },
        { id: "d", kind: "task", idempotent: true },
      ],
    });
    expect(problems.map((problem) => `${problem.code} ${problem.path}`)).toEqual([
      "missing_for_kind /steps/0",
      "missing_for_kind /steps/1",
      "not_for_kind /steps/2/tool",
      "missing_for_kind /steps/2",
      "not_for_kind /steps/3/idempotent",
    ]);
  });

  test("[W5] a default has the type of its input", () => {
    const inputs = { a: { type: "number", default: "1" }, b: { type: "array", default: {} }, c: { type: "object" } };
    const problems = problemsOf({ inputs, steps: [task("x")] });
    expect(problems.map((problem) => `${problem.code} ${problem.path}`)).toEqual([
      "wrong_default /inputs/a/default",
      "wrong_default /inputs/b/default",
    ]);
  });

  test("[W6] ids that stand twice and needs that are no step are refused", () => {
    const problems = problemsOf({ steps: [task("outline"), task("outline"), task("save", { needs: ["outlin"] })] });
    expect(problems).toMatchObject([
      { code: "duplicate_step", path: "/steps/1/id" },
      { code: "unknown_need", path: "/steps/2/needs/0", hint: 'Did you mean "outline"?' },
    ]);
  });

  test("[W7] each cycle is named, a step that needs itself too", () => {
    const problems = problemsOf({
      steps: [task("a", { needs: ["b"] }), task("b", { needs: ["c", "a"] }), task("c", { needs: ["c"] }), task("d")],
    });
    expect(problems.map((problem) => problem.message)).toEqual([
      "Steps wait for each other: c -> c.",
      "Steps wait for each other: a -> b -> a.",
    ]);
    expect(problems.every((problem) => problem.code === "cycle" && problem.line === 1)).toBe(true);
  });

  test("[W8] a reference must reach an input, or a step that has ended by then", () => {
    const problems = problemsOf(`id: a
name: n
inputs: { topic: { type: string } }
steps:
  - { id: one, kind: task }
  - { id: two, kind: task, needs: [one] }
  - { id: three, kind: task, needs: [two], with: { a: "\${steps.one.output}", b: ["\${inputs.topc}"] } }
  - { id: four, kind: task, with: "\${steps.one.output}" }
  - { id: five, kind: model, prompt: "x \${steps.five.output} \${steps.nine.output}" }
outputs: { x: "\${steps.oen.output}" }
`);
    expect(problems).toMatchObject([
      { code: "unknown_input", path: "/steps/2/with/b/0", line: 7, hint: 'Did you mean "topic"?' },
      { code: "not_in_needs", path: "/steps/3/with", line: 8, hint: 'Add "one" to its needs.' },
      { code: "not_in_needs", path: "/steps/4/prompt", line: 9 },
      { code: "unknown_step", path: "/steps/4/prompt", line: 9 },
      { code: "unknown_step", path: "/outputs/x", line: 10, hint: 'Did you mean "one"?' },
    ]);
  });

  test("[W9] what is not a reference is refused, and an output must be exactly one", () => {
    for (const text of [
      "${",
      "${x",
      "${}",
      "${inputs}",
      "${steps.a}",
      "${ inputs.x }",
      "${inputs.x + 1}",
      "a ${env.X}",
    ]) {
      const problems = problemsOf({ inputs: { x: { type: "number" } }, steps: [task("a", { with: [text] })] });
      expect({ text, problems }).toMatchObject({
        text,
        problems: [{ code: "bad_reference", path: "/steps/0/with/0" }],
      });
    }
    for (const text of [
      "",
      "plain",
      "a ${steps.a.output}",
      "${steps.a.output}${steps.a.output}",
      "$${steps.a.output}",
    ]) {
      const problems = problemsOf({ steps: [task("a")], outputs: { o: text } });
      expect({ text, problems }).toMatchObject({ text, problems: [{ code: "bad_reference", path: "/outputs/o" }] });
    }
    expect(define({ steps: [task("a", { with: "$${anything} $ $x $$" })] }).steps).toHaveLength(1);
  });
});
