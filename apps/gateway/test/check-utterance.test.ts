import { describe, expect, test } from "vitest";
import { checkUtterance, isName, isWorkspaceName, maxTextLength } from "../src/check-utterance.ts";

const made = (): string => "made";

describe("check-utterance", () => {
  test.each([
    ["a text", { text: "hi" }, { id: "made", text: "hi" }],
    ["an id", { text: "hi", id: "a_B-9" }, { id: "a_B-9", text: "hi" }],
    ["the longest id", { text: "hi", id: "x".repeat(64) }, { id: "x".repeat(64), text: "hi" }],
    ["the longest text", { text: "x".repeat(maxTextLength) }, { id: "made", text: "x".repeat(maxTextLength) }],
    ["spaces around are kept", { text: " hi \n" }, { id: "made", text: " hi \n" }],
    ["signs beyond the first plane", { text: "🦊" }, { id: "made", text: "🦊" }],
    ["an id that objects know", { text: "hi", id: "__proto__" }, { id: "__proto__", text: "hi" }],
    ["more fields than asked for", { text: "hi", mood: "good" }, { id: "made", text: "hi" }],
  ])("[G2] takes %s", (_what, body, value) => {
    expect(checkUtterance(body, made)).toEqual({ ok: true, value });
  });

  test.each([
    ["nothing", undefined],
    ["null", null],
    ["a text alone", "hi"],
    ["a list", [{ text: "hi" }]],
    ["no text", {}],
    ["an empty text", { text: "" }],
    ["only spaces", { text: " \n\t" }],
    ["a number as text", { text: 7 }],
    ["a text of one character too many", { text: "x".repeat(maxTextLength + 1) }],
    ["NUL", { text: "a\0b" }],
    ["half a character", { text: "a\ud800" }],
    ["an empty id", { text: "hi", id: "" }],
    ["an id of 65", { text: "hi", id: "x".repeat(65) }],
    ["an id with a space", { text: "hi", id: "a b" }],
    ["an id with a line end", { text: "hi", id: "a\n" }],
    ["an id with a dot", { text: "hi", id: "a.b" }],
    ["null as id", { text: "hi", id: null }],
    ["a number as id", { text: "hi", id: 7 }],
  ])("[G2] refuses %s and says what to do", (_what, body) => {
    const checked = checkUtterance(body, made);
    expect(checked.ok ? undefined : checked.error.code).toBe("invalid_utterance");
    expect(checked.ok ? "" : checked.error.message).not.toBe("");
    expect(checked.ok ? "" : checked.error.hint).not.toBe("");
  });

  test("[G2] a missing id is made only when the utterance is good", () => {
    let asked = 0;
    const makeId = (): string => `u_${(asked += 1)}`;
    checkUtterance({ text: "" }, makeId);
    checkUtterance({ text: "hi", id: "mine" }, makeId);
    expect(asked).toBe(0);
    expect(checkUtterance({ text: "hi" }, makeId)).toEqual({ ok: true, value: { id: "u_1", text: "hi" } });
  });

  test("[G2] names are 1 to 64 letters, digits, _ and -", () => {
    expect(["a", "A-_9", "x".repeat(64)].every(isName)).toBe(true);
    expect(["", "x".repeat(65), "ä", "a/b", "..", 7, null, undefined, {}].some(isName)).toBe(false);
  });

  test("[G2] a workspace that the back would never open is not named", () => {
    expect(["a", "9-_", "A_b", "x".repeat(64)].every(isWorkspaceName)).toBe(true);
    expect(["_mine", "-x", "__proto__", "", "x".repeat(65), "a/b", 7, undefined].some(isWorkspaceName)).toBe(false);
  });
});
