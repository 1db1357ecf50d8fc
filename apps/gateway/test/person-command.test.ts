import { describe, expect, test } from "vitest";
import { openSessionOutbox } from "../page/src/session-outbox.ts";
import { readWorkflowNews } from "../page/src/workflow-news.ts";
import { checkUtterance } from "../src/check-utterance.ts";
import { readPersonCommand } from "../src/person-command.ts";

describe("[G21] what a person does by hand", () => {
  test.each(["ap:run_W1.may.1.0123456789abcdef|approved", "ca:run_W1", "am:run_W1|status|paused", "re:run_W1.make"])(
    "[G21] %s is taken",
    (line) => {
      expect(checkUtterance({ text: "x", id: "u1", command: line }, () => "")).toMatchObject({
        ok: true,
        value: { command: expect.objectContaining({ op: expect.stringMatching(/approve|cancel|amend|retry/) }) },
      });
    },
  );

  test.each([
    "tc:Anything",
    "ms:key|value",
    "ap#P1:run_W1.may.1.0123456789abcdef|approved",
    "nonsense",
    "",
    5,
    null,
    {},
  ])("[G21] %j is invalid_utterance", (command) => {
    expect(readPersonCommand(command)).toMatchObject({ ok: false, hint: expect.stringContaining("coded line") });
    expect(checkUtterance({ text: "x", command }, () => "u")).toMatchObject({
      ok: false,
      error: { code: "invalid_utterance" },
    });
  });
});

test("[G22] what was done by hand survives a reload of its tab, as it was", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
  };
  openSessionOutbox(storage, () => 1).add("u1", { text: "Approve", command: "ap:x|approved" });
  expect(openSessionOutbox(storage, () => 2).list(0, 10)).toMatchObject([
    { order: 1, id: "u1", body: { text: "Approve", command: "ap:x|approved" } },
  ]);
});

test("[G22][G84] the questions of all runs and tasks are read with the titles of their runs; an odd answer holds none", () => {
  const ask = { id: "run_W1.may.1.00", message: "May I?", arguments: { a: 1 } };
  expect(readWorkflowNews({ items: [{ title: "Run", asks: [ask] }, { title: "Other" }], notLoaded: [] })).toEqual({
    asks: [{ ...ask, runTitle: "Run" }],
    notLoaded: [],
    isStale: false,
  });
  const card = { id: "task_A1.2.00", message: "May it?", arguments: {} };
  expect(
    readWorkflowNews({ items: [{ title: "Run", asks: [ask] }], asks: [{ ...card, title: "A task" }] }).asks,
  ).toEqual([
    { ...ask, runTitle: "Run" },
    { ...card, runTitle: "A task" },
  ]);
  expect(readWorkflowNews({ items: [], stale: true })).toEqual({ asks: [], notLoaded: [], isStale: true });
  expect(readWorkflowNews(null)).toEqual({ asks: [], notLoaded: [], isStale: false });
});
