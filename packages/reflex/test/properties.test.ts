import { formatCommand, parseCommand } from "@kingly/codec";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createReflex } from "../src/index.ts";
import type { View } from "../src/index.ts";
import { filledView } from "./filled-view.ts";
import { passedOn, understood } from "./utterances.ts";

const reflex = createReflex();
const another = createReflex();
const rows = [...understood, ...passedOn].map(([text]) => text);
const words = [...new Set(rows.flatMap((text) => text.split(/\s+/)))];

/** Anything at all, real utterances, their words in any order, and utterances with something put into them. */
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme", maxLength: 500 }),
  fc.constantFrom(...rows),
  fc.array(fc.constantFrom(...words), { maxLength: 14 }).map((parts) => parts.join(" ")),
  fc
    .tuple(fc.constantFrom(...rows), fc.string({ unit: "binary", maxLength: 12 }), fc.nat(40))
    .map(([text, extra, at]) => {
      return text.slice(0, at) + extra + text.slice(at);
    }),
);

const anyThing = fc.record({
  id: fc.string({ minLength: 1, unit: "grapheme" }),
  title: anyText,
  status: fc.constantFrom("running", "ready", "failed", "done", "cancelled", "ÄNDERUNG", ""),
  progress: fc.double(),
  workflowId: fc.string(),
  updatedAtMs: fc.double(),
});

const anyView: fc.Arbitrary<View> = fc.oneof(
  fc.constant(filledView),
  fc.record({
    nowMs: fc.oneof(fc.integer(), fc.double()),
    utcOffsetMinutes: fc.double(),
    backConnected: fc.boolean(),
    tasks: fc.array(anyThing, { maxLength: 12 }),
    runs: fc.array(anyThing, { maxLength: 3 }),
    memories: fc.array(
      fc.record({ key: fc.string(), value: anyText, type: fc.string(), atMs: fc.oneof(fc.integer(), fc.double()) }),
      { maxLength: 5 },
    ),
    workflows: fc.array(fc.record({ id: fc.string({ minLength: 1 }), name: anyText }), { maxLength: 5 }),
    conversation: fc.array(fc.record({ utteranceId: fc.string(), text: anyText, reply: anyText, atMs: fc.double() }), {
      maxLength: 5,
    }),
  }),
);

const runs = { numRuns: 3000 };

test("[RX1] any text in any view gives an answer, the same one each time", () => {
  fc.assert(
    fc.property(anyText, anyView, (text, view) => {
      const first = reflex.answer(text, view);
      expect(another.answer(text, view)).toEqual(first);
      expect(first.reply.text).not.toBe("");
      expect(first.confidence >= 0 && first.confidence <= 1).toBe(true);
      expect(first.why).not.toBe("");
    }),
    runs,
  );
});

test("[RX4] what goes to the back never causes a command and is never answered", () => {
  fc.assert(
    fc.property(anyText, anyView, (text, view) => {
      const { route, commands, answered, confidence } = reflex.answer(text, view);
      if (route === "back") expect({ commands, answered }).toEqual({ commands: [], answered: false });
      else expect(confidence).toBeGreaterThanOrEqual(0.9);
    }),
    runs,
  );
});

test("[RX17] every command is written by the codec and read back equal, without a cid", () => {
  fc.assert(
    fc.property(anyText, anyView, (text, view) => {
      for (const command of reflex.answer(text, view).commands) {
        expect(command.cid).toBeUndefined();
        expect(parseCommand(formatCommand(command))).toEqual({ ok: true, value: command });
      }
    }),
    runs,
  );
});

test("[RX17] tasks that are made of any words keep within 200 characters", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      for (const command of reflex.answer(`create a page ${text}`, filledView).commands) {
        if (command.op === "task_create") expect(command.title.length).toBeLessThanOrEqual(200);
        expect(parseCommand(formatCommand(command))).toEqual({ ok: true, value: command });
      }
    }),
    runs,
  );
});

test("[RX13] a coded line, alone or within words, never causes a command", () => {
  const code = fc.constantFrom("tc", "ts", "wf", "cl", "ms", "ca", "re", "zz");
  const letters = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_ |]{0,20}$/);
  fc.assert(
    fc.property(
      fc.constantFrom("", "create ", "please remember that ", "cancel "),
      code,
      letters,
      (lead, name, rest) => {
        const { commands, route } = reflex.answer(`${lead}${name}:${rest}`, filledView);
        expect({ commands, route }).toEqual({ commands: [], route: "back" });
      },
    ),
    runs,
  );
});
