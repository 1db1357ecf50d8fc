import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseCommand } from "../src/index.ts";
import type { DiagnosticCode } from "../src/index.ts";

// One line for every row of the table in the specification, some more where the place differs.
const rows: readonly (readonly [DiagnosticCode, string, number])[] = [
  ["too_long", `tc:${"a".repeat(65_534)}`, 65_536],
  ["bad_code", "Tc:x", 0],
  ["bad_code", "t_:x", 1],
  ["bad_cid", "tc#a-b:x", 4],
  ["bad_cid", "tc#12345678901234567:x", 19],
  ["missing_colon", "tcx:y", 2],
  ["unknown_code", "qq:😀", 0],
  ["raw_bracket", "tc:😀[x", 4],
  ["raw_control", "tc:😀\tx", 4],
  ["raw_control", "tc:'😀\u007f'", 5],
  ["edge_space", "tc: x", 3],
  ["edge_space", "tc:😀 |x", 4],
  ["bad_escape", "tc:😀\\Users", 4],
  ["lone_surrogate", "tc:😀\ud83d", 4],
  ["bad_payload", "wf:p|{a:1;b:2}", 9],
  ["unterminated", "wf:p|{a:'😀", 10],
  ["text_after_value", "wf:p|{a:1} x", 10],
  ["unfilled_placeholder", "tc:{title}", 3],
  ["duplicate_key", "wf:p|{a:1,a:2}", 10],
  ["unsafe_number", "ms:k|[9007199254740993]", 6],
  ["too_deep", `wf:p|${"[".repeat(17)}`, 21],
  ["too_many_fields", "tc:1|2|3|4|5|6|7|8|9", 18],
  ["wrong_kind", "ts:😀|high", 5],
  ["out_of_range", "ts:t|85", 5],
  ["missing_field", "ms:k||semantic", 5],
  ["missing_field", "ms:k", 4],
  ["empty_field", "tc:''", 3],
];

test.for(rows)("[C69][C24] %s in %j stands at %i", ([code, line, at]) => {
  expect(parseCommand(line)).toMatchObject({ ok: false, error: { code, at } });
});

test("[C69] the table has a row for each of them, and for no other", () => {
  const spec = readFileSync(join(import.meta.dirname, "../SPEC.md"), "utf8");
  const table = spec.slice(spec.indexOf("## 9. Diagnostics"), spec.indexOf("- **C24**"));
  const told = Array.from(table.matchAll(/^\| `(\w+)` \|/gm), ([, code]) => code);
  expect(told).toEqual([...new Set(rows.map(([code]) => code))]);
});
