import { expect, test } from "vitest";
import { parseDefinition, startRun } from "../src/index.ts";
import { define, problemsOf } from "./definitions.ts";

const mail = { id: "mail", kind: "mcp", server: "post", tool: "send", with: { id: "${inputs.id}" } } as const;
const inputs = { id: { type: "string", required: true } } as const;

test("[W49] a start carries how its effect is read back, references taken; the server is that of the call", () => {
  const readBack = { tool: "list", with: { about: "${inputs.id}" }, contains: "sent ${inputs.id}" };
  const definition = define({ inputs, steps: [{ ...mail, readBack }] });
  const { start } = startRun(definition, { runId: "r", inputs: { id: "7" } });
  expect(start[0]?.readBack).toEqual({ server: "post", tool: "list", with: { about: "7" }, contains: "sent 7" });
  const again = parseDefinition(JSON.stringify(definition));
  expect(again).toEqual({ ok: true, value: definition });
});

test("[W49][W4][W8] it belongs to mcp only, names a tool and a text, and its references are checked", () => {
  const codes = (step: Parameters<typeof define>[0]["steps"]): readonly string[] =>
    problemsOf({ inputs, steps: [step ?? null] }).map(({ code, path }) => `${code} ${path}`);
  expect(codes({ id: "a", kind: "task", readBack: { tool: "x", contains: "y" } })).toEqual([
    "not_for_kind /steps/0/readBack",
  ]);
  expect(codes({ ...mail, readBack: { tool: "x" } })).toEqual(["missing_key /steps/0/readBack"]);
  expect(codes({ ...mail, readBack: { tool: "x", contains: "${inputs.no}" } })).toEqual([
    "unknown_input /steps/0/readBack/contains",
  ]);
});
