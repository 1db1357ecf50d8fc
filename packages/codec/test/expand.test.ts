import fc from "fast-check";
import { expect, test } from "vitest";
import { expand, findUnresolved, parseCommand } from "../src/index.ts";
import type { Command } from "../src/index.ts";
import { anyCommand } from "./arbitraries.ts";

function command(line: string): Command {
  const parsed = parseCommand(line);
  if (!parsed.ok) throw new Error(parsed.error.hint);
  return parsed.value;
}

test("[C65] a hole whose name is allowed is filled, in texts and inside payloads", () => {
  expect(expand(command("cl:conversation_${date}|full"), { date: "2026-11-22" })).toEqual({
    op: "context_load",
    context_id: "conversation_2026-11-22",
    depth: "full",
  });
  const read = command("wf#7:plan|{day:'${date}',list:['a ${date} b',1,null,{'${date}':true}]}|${date}|");
  expect(expand(read, { date: "today" })).toEqual({
    op: "workflow_start",
    cid: "7",
    workflow_id: "plan",
    params: { day: "today", list: ["a today b", 1, null, { "${date}": true }] },
    extra: ["today"],
  });
});

test("[C65] any other hole stays, and what a value brings along is not filled again", () => {
  const read = command("cl:${date}_${user}_${constructor}_$date_${}");
  expect(expand(read, { date: "${user}" })).toEqual({
    ...read,
    context_id: "${user}_${user}_${constructor}_$date_${}",
  });
  expect(expand(command("cl:${a}"), { a: "$&$1" })).toMatchObject({ context_id: "$&$1" });
  expect(read).toMatchObject({ context_id: "${date}_${user}_${constructor}_$date_${}" });
});

test("[C65] a message without holes is given back the same", () => {
  fc.assert(
    fc.property(anyCommand, (message) => {
      expect(expand(message, {})).toEqual(message);
    }),
  );
});

test("[C66] the holes that are left are found, with their field", () => {
  const read = command("wf:${a}|{x:['${b}','${a}${c_1}']}");
  expect(findUnresolved(read)).toEqual([
    { field: "workflow_id", name: "a" },
    { field: "params", name: "b" },
    { field: "params", name: "a" },
    { field: "params", name: "c_1" },
  ]);
  expect(findUnresolved(expand(read, { a: "1", b: "2", c_1: "3" }))).toEqual([]);
  expect(findUnresolved(command("tc:costs $5 {x} ${1} $ {date}"))).toEqual([]);
  expect(findUnresolved(command("cl:a|b|c||${d}"))).toEqual([{ field: "extra", name: "d" }]);
});
