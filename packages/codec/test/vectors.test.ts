import { globSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { generate } from "../vectors/generate.ts";
import { outcomeOf } from "../vectors/outcome.ts";
import { expectationOf, suites, toJson } from "../vectors/vector.ts";
import type { Expectation, Suite, Vector } from "../vectors/vector.ts";

const folder = join(import.meta.dirname, "../vectors");
const read = (file: string): string => readFileSync(join(folder, file), "utf8");
const files = globSync("*.jsonl", { cwd: folder }).toSorted();
const suiteOf = (file: string): Suite => basename(file, ".jsonl").split("-")[0] as Suite;
const vectorsOf = (file: string): Vector[] =>
  read(file)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Vector);

/** Says how outcomes differ from what a file expects; nothing when they do not. */
function failures(file: string, run: typeof outcomeOf): string[] {
  const suite = suiteOf(file);
  return vectorsOf(file).flatMap((vector) => {
    const [got, expected] = [toJson(run(suite, vector)), toJson(expectationOf(suite, vector))];
    return got === expected ? [] : [`${vector.name}: got ${got}, expected ${expected}`];
  });
}

/** Every way to change one leaf of an expectation, or to leave out one member. */
function* changes(value: unknown): Generator {
  if (typeof value === "string") yield `${value}~`;
  else if (typeof value === "number") yield Object.is(value, -0) ? 0 : value === 0 ? 1 : -value;
  else if (typeof value === "boolean" || value === null) yield value === true ? 1 : String(value);
  else if (Array.isArray(value)) {
    yield [...(value as unknown[]), "more"];
    for (const [index, item] of value.entries()) for (const other of changes(item)) yield value.with(index, other);
  } else if (typeof value === "object") {
    yield Object.fromEntries([...Object.entries(value), ["more", 1]]);
    for (const key of Object.keys(value)) {
      yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== key));
      for (const other of changes((value as Record<string, unknown>)[key])) {
        yield Object.fromEntries(Object.entries(value).map(([name, old]) => [name, name === key ? other : old]));
      }
    }
  }
}

describe("vectors", () => {
  test.for(files)("[C80] every record of %s is met by this implementation", (file) => {
    expect(suites).toContain(suiteOf(file));
    expect(failures(file, outcomeOf)).toEqual([]);
  });

  test.for(files)("[C80] every record of %s fails when anything that it expects is another", (file) => {
    const suite = suiteOf(file);
    for (const vector of vectorsOf(file)) {
      const got = toJson(outcomeOf(suite, vector));
      const changed = Array.from(changes(expectationOf(suite, vector)), toJson);
      expect(changed.length).toBeGreaterThan(1);
      expect(changed).not.toContain(got);
    }
  });

  const swap = { command: "event", event: "command" } as const;
  const faults: readonly (readonly [string, string, typeof outcomeOf])[] = [
    [
      "parse",
      "directions mixed up",
      (suite, vector) => outcomeOf(suite, { ...vector, direction: swap[vector.direction] }),
    ],
    ["parse", "edges trimmed", (suite, vector) => outcomeOf(suite, { ...vector, input: vector.input?.trim() ?? "" })],
    [
      "parse",
      "text normalised",
      (suite, vector) => outcomeOf(suite, { ...vector, input: vector.input?.normalize("NFKC") ?? "" }),
    ],
    [
      "diagnose",
      "lone surrogates replaced",
      (suite, vector) => outcomeOf(suite, { ...vector, input: vector.input?.toWellFormed() ?? "" }),
    ],
    ["parse", "-0 lost", (suite, vector) => JSON.parse(JSON.stringify(outcomeOf(suite, vector))) as Expectation],
    [
      "parse",
      "capitals made small",
      (suite, vector) => outcomeOf(suite, { ...vector, input: vector.input?.toLowerCase() ?? "" }),
    ],
    [
      "diagnose",
      "places counted in UTF-16 units",
      (suite, vector) => {
        const { error, ...rest } = outcomeOf(suite, vector);
        const at = Array.from(vector.input ?? "")
          .slice(0, error?.at)
          .join("").length;
        return error === undefined ? rest : { ...rest, error: { ...error, at } };
      },
    ],
    [
      "format",
      "U+0085 written raw",
      (suite, vector) => {
        const { canonical, ...rest } = outcomeOf(suite, vector);
        return canonical === undefined ? rest : { ...rest, canonical: canonical.replaceAll("\\u0085", "\u0085") };
      },
    ],
    [
      "format",
      "negative zero lost",
      (suite, vector) => {
        const { value } = vector.fields ?? {};
        return outcomeOf(suite, Object.is(value, -0) ? { ...vector, fields: { ...vector.fields, value: 0 } } : vector);
      },
    ],
    [
      "stream",
      "seals ignored",
      (suite, { options: { seal, ...options } = {}, ...vector }) =>
        outcomeOf(suite, { ...vector, options: seal === undefined ? options : {} }),
    ],
    ["stream", "mending off", (suite, vector) => outcomeOf(suite, { ...vector, mode: "strict" })],
    ["stream", "mending on", (suite, vector) => outcomeOf(suite, { ...vector, mode: "lenient" })],
    [
      "stream",
      "chunks read one by one",
      (suite, { chunks = [], ...vector }) =>
        chunks.length === 0
          ? outcomeOf(suite, vector)
          : { events: chunks.flatMap((input) => outcomeOf(suite, { ...vector, input }).events ?? []) },
    ],
    [
      "repair",
      "no mending",
      (_, vector) => {
        const { error, ...read } = outcomeOf("parse", vector);
        return error === undefined ? { ...read, repairs: [] } : { error: { code: error.code, at: error.at ?? 0 } };
      },
    ],
    [
      "repair",
      "repairs that are not told",
      (suite, vector) => {
        const outcome = outcomeOf(suite, vector);
        return outcome.error === undefined ? { ...outcome, repairs: [] } : outcome;
      },
    ],
  ];
  test.for(faults)("[C80] the suite %s finds an implementation with %s", ([suite, , run]) => {
    expect(failures(`${suite}.jsonl`, run)).not.toEqual([]);
  });
});

describe("files", () => {
  test("[C81] every record is as the schema says, on a line of its own, and named once in its suite", () => {
    // The room itself has no dependencies; a neighbour's validator reads the schema.
    const fromNeighbour = createRequire(join(import.meta.dirname, "../../workflow/package.json"));
    const { Ajv2020 } = fromNeighbour("ajv/dist/2020.js") as {
      Ajv2020: new (options: object) => { compile(schema: unknown): (record: unknown) => boolean };
    };
    const isRecord = new Ajv2020({ strict: true, strictRequired: false }).compile(JSON.parse(read("schema.json")));
    expect(isRecord({ name: "x", rule: "C1", mode: "strict", direction: "up", error: { code: "x" } })).toBe(false);
    const names = new Set<string>();
    for (const file of files) {
      const lines = read(file).trimEnd().split("\n");
      for (const [index, line] of lines.entries()) {
        const vector = JSON.parse(line) as Vector;
        expect(isRecord(vector), `${file}:${index + 1}`).toBe(true);
        expect(toJson(vector), `${file}:${index + 1}`).toBe(line);
        const name = `${suiteOf(file)} ${vector.name}`;
        expect(names).not.toContain(name);
        names.add(name);
      }
    }
  });

  test("[C81] every rule that a record names stands in the specification", () => {
    const spec = readFileSync(join(import.meta.dirname, "../SPEC.md"), "utf8");
    const rules = new Set(Array.from(spec.matchAll(/^- \*\*(C\d+)\*\*/gm), ([, rule]) => rule));
    const named = new Set(files.flatMap((file) => vectorsOf(file).map(({ rule }) => rule)));
    expect([...named].filter((rule) => !rules.has(rule))).toEqual([]);
  });

  test("[C81] every code of the table of diagnostics is expected by a record", () => {
    const spec = readFileSync(join(import.meta.dirname, "../SPEC.md"), "utf8");
    const table = spec.slice(spec.indexOf("## 9. Diagnostics"), spec.indexOf("- **C24**"));
    const codes = Array.from(table.matchAll(/^\| `(\w+)` \|/gm), ([, code]) => code);
    const expected = new Set(files.flatMap((file) => vectorsOf(file).map(({ error }) => error?.code)));
    expect(codes.filter((code) => !expected.has(code))).toEqual([]);
  });

  test("[C81] they are below 1.5 MB together", () => {
    expect(files.reduce((bytes, file) => bytes + statSync(join(folder, file)).size, 0)).toBeLessThan(1_500_000);
  });

  test("[C82] the generated ones are what the generator writes, on which grammar and implementation agree", () => {
    for (const [file, text] of generate()) expect([file, read(file)]).toEqual([file, text]);
  });
});
