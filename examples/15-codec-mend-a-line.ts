import assert from "node:assert/strict";
//#region mend
import { readLenient } from "@kingly/codec";

const mended = readLenient("`TC: [bug] Login fails | bug_fix | high`", "command");
// {ok: true, line: "tc:\\[bug\\] Login fails|bug_fix|high", value, repairs: [{code: "wrapper", at: 0, ...}, ...]}

const doubtful = readLenient("tc:Ship A | B test|growth|high", "command");
// {ok: false, error: {code: "too_many_fields", at: 10, hint: "If this bar is text, write it as \\| ..."}}
//#endregion

assert.ok(mended.ok && mended.line === "tc:\\[bug\\] Login fails|bug_fix|high");
assert.deepEqual(
  new Set(mended.repairs.map(({ code }) => code)),
  new Set(["wrapper", "code_case", "spaces", "raw_bracket"]),
);
assert.ok(!doubtful.ok && doubtful.error.code === "too_many_fields" && doubtful.error.at === 10);
assert.match(doubtful.error.hint, /^If this bar is text, write it as \\\|/);
console.log("codec: a slip was mended, a doubt was not");
