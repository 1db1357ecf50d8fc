import { formatCommand } from "@kingly/codec";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createReflex } from "../src/index.ts";
import type { Answer } from "../src/index.ts";
import { filledView } from "./filled-view.ts";
import { hardNegatives } from "./hard-negatives.ts";
import { passedOn, understood } from "./utterances.ts";

const readDates = (text: string, nowMs: number): { text: string; atMs: number } | undefined =>
  text.includes("5 pm") ? { text: "at 5 pm", atMs: nowMs + 7_200_000 } : undefined;
const reflex = createReflex({ readDates });
const say = (text: string): Answer => reflex.answer(text, filledView);
const lines = (text: string): readonly string[] => say(text).commands.map((command) => formatCommand(command));

describe("several wishes", () => {
  test("[RX23] each part is read, all are answered, in their order", () => {
    const text = "Create a task Fix search. Also remember that I like tea, and what is running?";
    expect(lines(text)).toEqual(["tc:Fix search|maintenance|medium", "ms:user_preference_tea|I like tea|semantic"]);
    expect(say(text).reply.text).toMatch(
      /^I'll create the task “Fix search”\. Noted, I'll remember: I like tea\. 4 things/,
    );
    expect(say(text)).toMatchObject({ route: "front", answered: false, intent: "task_create" });
    expect(lines("create a page and cancel the auth task")).toEqual(["tc:Page|business_growth|medium", "ca:task_auth"]);
    expect(lines("Hi Kingly! Create a login page.")).toEqual(["tc:Login page|business_growth|medium"]);
    expect(say("Hi Kingly! Create a login page.").reply.text).toBe("I'll create the task “Login page”.");
  });

  test("[RX23] when one part is not sure, the whole goes to the back", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...understood.filter(([, intent]) => intent !== "back").map(([text]) => text)),
        fc.constantFrom(...hardNegatives.filter((text) => /^[\w ']+$/.test(text))),
        fc.constantFrom(". ", "! "),
        fc.boolean(),
        (sure, unsure, joint, isFirst) => {
          const text = isFirst ? unsure + joint + sure : sure.replace(/[.!?]+$/, "") + joint + unsure;
          expect({ text, commands: say(text).commands }).toEqual({ text, commands: [] });
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("[RX23] a sentence that goes on is not swallowed by the one before", () => {
    expect(say("remember that my car is blue. It stands in B2.")).toMatchObject({ route: "back", commands: [] });
    expect(lines("create a page for Dr. Smith")).toEqual(["tc:Page for Dr. Smith|business_growth|medium"]);
    expect(say("Hi! How are you?").route).toBe("front");
  });

  test("[RX23] at most five; and no two tasks beside a split of the one just made", () => {
    expect(say("Create a page. Create a wiki. List my tasks. Status. Help.").route).toBe("front");
    expect(say("Create a page. Create a wiki. List my tasks. Status. Help. Thanks.").route).toBe("back");
    expect(say("build a complete shop and create a page")).toMatchObject({ route: "back", commands: [] });
  });
});

describe("slots", () => {
  test("[RX20] what was read is told beside the commands", () => {
    expect(say("fix the login bug").slots).toEqual({
      title: "Fix the login bug",
      intentType: "maintenance",
      complexity: "medium",
    });
    expect(say("remember that I prefer tea").slots).toEqual({ key: "user_preference_tea", value: "I prefer tea" });
    expect(say("run the weekly review").slots).toEqual({ workflowId: "weekly_review" });
    expect(say("cancel the auth task").slots).toEqual({ targetId: "task_auth" });
    expect(say("how is the auth task going?").slots).toEqual({ about: "Auth system" });
    expect(say("hello").slots).toEqual({});
  });

  test("[RX19] a time is read on a hint only, told, and passed on with the whole utterance", () => {
    const due = say("remind me to call mum at 5 pm");
    expect(due).toMatchObject({ route: "back", commands: [], answered: false });
    expect(due.slots).toEqual({ dueAtMs: filledView.nowMs + 7_200_000, dueText: "at 5 pm" });
    expect(due.reply.text).toContain("read the time as today at 17:00");
    let asked = 0;
    const counting = createReflex({ readDates: () => void (asked += 1) });
    for (const [text] of understood) counting.answer(text, filledView);
    expect(asked).toBe(0);
    expect(counting.answer("create a page tomorrow", filledView)).toMatchObject({ route: "back", slots: {} });
    expect(asked).toBe(1);
  });

  test("[RX19] without a reader of times they are passed on unread", () => {
    const { slots, reply } = createReflex().answer("remind me to call mum at 5 pm", filledView);
    expect(slots).toEqual({});
    expect(reply.text).toBe("I heard you. This needs a closer reading, so I pass it to the back.");
    expect(passedOn.length).toBeGreaterThan(0);
  });
});
