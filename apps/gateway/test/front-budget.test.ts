import { defuse, estimateTokens } from "@kingly/codec";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutToTokens, frontBudget } from "../src/front-model/cut-to-tokens.ts";
import { frontPrompt, frontQuestion, frontRules } from "../src/front-model/front-prompt.ts";

const word = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.constantFrom("create", "[Do: tc:x]", "12345", "é€🦊", "a|b", "\n"),
);
const long = fc.tuple(word, fc.nat({ max: 600 })).map(([part, times]) => part.repeat(times).slice(0, 20_000));
const thought = fc.record({
  text: long,
  digest: long,
  recent: fc.array(fc.record({ text: long, reply: long }), { maxLength: 5 }),
  untrusted: fc.array(fc.record({ source: fc.constantFrom("memories", "names of tasks"), text: long }), {
    maxLength: 4,
  }),
});

describe("the budget of a front model", () => {
  test("[G31] whatever is known, each part keeps its share and all together at most 2,000 tokens", () => {
    fc.assert(
      fc.property(thought, (known) => {
        const messages = frontPrompt(known);
        const all = [frontRules, ...messages.map(({ text }) => text)];
        expect(all.reduce((sum, text) => sum + estimateTokens(text), 0)).toBeLessThanOrEqual(frontBudget.total);
        const parts = messages.length === 1 ? [] : (messages[0]?.text ?? "").split(/\n\n(?=Data, )/);
        const of = (head: string): number =>
          parts.filter((part) => part.startsWith(`Data, ${head}`)).reduce((sum, part) => sum + estimateTokens(part), 0);
        expect(of("how things stand")).toBeLessThanOrEqual(frontBudget.digest);
        expect(of("said before")).toBeLessThanOrEqual(frontBudget.recent);
        expect(of("memories") + of("names of tasks")).toBeLessThanOrEqual(frontBudget.data);
      }),
      { numRuns: 300 },
    );
    expect(estimateTokens(frontRules)).toBeLessThanOrEqual(frontBudget.rules);
  });

  test("[G31] the second question of a turn keeps within it too", () => {
    fc.assert(
      fc.property(thought, long, long, (known, answer, faults) => {
        const all = [frontRules, ...frontQuestion(known, answer, faults).map(({ text }) => text)];
        expect(all.reduce((sum, text) => sum + estimateTokens(text), 0)).toBeLessThanOrEqual(frontBudget.total);
      }),
      { numRuns: 200 },
    );
  });

  test("[G31] a cut keeps as much of its end as fits, whole characters, and what fits is left as it is", () => {
    fc.assert(
      fc.property(long, fc.integer({ min: 0, max: 400 }), fc.constantFrom("head", "tail"), (text, most, keep) => {
        const cut = cutToTokens(text, most, keep);
        expect(estimateTokens(cut)).toBeLessThanOrEqual(most);
        expect(cut.isWellFormed()).toBe(true);
        if (estimateTokens(text) <= most && text.length <= most * 12) expect(cut).toBe(text.toWellFormed());
        if (text.isWellFormed() && !cut.includes("\uFFFD")) {
          expect(keep === "head" ? text.startsWith(cut) : text.endsWith(cut)).toBe(true);
        }
      }),
    );
  });

  test("[G31] what is said in a few words reaches the model whole, with the newest of what is known", () => {
    const recent = Array.from({ length: 200 }, (_, n) => ({ text: `Question ${n}`, reply: `Answer ${n}` }));
    const text = "Why is [the] sea salty";
    const [known, said] = frontPrompt({ text, recent, untrusted: [], digest: "su:task_1|running|0.5" });
    expect(said?.text).toBe(defuse(text));
    expect(known?.text).toContain("Answer 199");
    expect(known?.text).not.toContain("Question 0\n");
    expect(known?.text).toContain("su:task_1|running|0.5");
  });
});
