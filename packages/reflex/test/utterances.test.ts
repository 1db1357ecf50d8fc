import { formatCommand } from "@kingly/codec";
import { describe, expect, test } from "vitest";
import { createReflex } from "../src/index.ts";
import { filledView } from "./filled-view.ts";
import { passedOn, understood } from "./utterances.ts";

const reflex = createReflex();

describe("what people say", () => {
  test.each([...understood, ...passedOn])("[RX4] %j is %s", (text, expected, ...lines) => {
    const answer = reflex.answer(text, filledView);
    const heard = answer.route === "back" ? "back" : answer.intent;
    expect({ heard, lines: answer.commands.map((command) => formatCommand(command)) }).toEqual({
      heard: expected,
      lines,
    });
  });

  test("[RX4] the table is large and says nothing twice", () => {
    const texts = [...understood, ...passedOn].map(([text]) => text);
    expect(texts.length).toBeGreaterThanOrEqual(200);
    expect(new Set(texts).size).toBe(texts.length);
  });

  test("[RX2] no reply to a wish says that it happened", () => {
    for (const [text] of understood) {
      const { commands, reply, intent } = reflex.answer(text, filledView);
      if (commands.length === 0 || intent === "conversation" || intent === "recall") continue;
      expect(reply.text).toMatch(/^(?:I'll|Noted)/);
      expect(reply.text.replaceAll(/“[^”]*”|remember: .*/g, "")).not.toMatch(
        /\b(?:done|created|started|finished|stopped|I have|I've)\b/i,
      );
    }
  });
});
