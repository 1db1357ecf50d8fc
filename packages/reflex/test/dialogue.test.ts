import { describe, expect, test } from "vitest";
import { createReflex, emptyView } from "../src/index.ts";
import type { Answer, View, ViewDialogue } from "../src/index.ts";
import { filledView } from "./filled-view.ts";

const reflex = createReflex();
const say = (text: string, dialogue?: ViewDialogue, view: View = filledView): Answer =>
  reflex.answer(text, dialogue === undefined ? view : { ...view, dialogue });

const undo = [{ op: "cancel", target_id: "task_C1" }] as const;
const lastCommand = { atMs: filledView.nowMs - 9_000, title: "Login page", undo };

describe("what was offered", () => {
  const proposal = say("could you cancel auth for me?").offers;
  const question = say("cancel the billing task").offers;

  test("[RX21] a proposal is taken by yes, with exactly its command", () => {
    for (const text of ["yes", "Yes please!", "ok do it", "go ahead", "sure", "that one"]) {
      expect(say(text, { offers: proposal })).toMatchObject({
        route: "front",
        commands: [{ op: "cancel", target_id: "task_auth" }],
        reply: { text: "I'll ask for “Auth system” to be cancelled." },
      });
    }
  });

  test("[RX21] no, and a bare cancel, leave it", () => {
    for (const text of ["no", "no thanks", "not that one", "cancel", "never mind", "don't"]) {
      expect(say(text, { offers: proposal })).toMatchObject({ intent: "no", route: "front", commands: [], offers: [] });
    }
  });

  test("[RX21] of several, a number, an ordinal or a name takes one; a yes asks again", () => {
    const second = [{ op: "cancel", target_id: "task_billing_2" }];
    for (const text of [
      "the second",
      "the second one",
      "do the second",
      "do the second one please",
      "number 2",
      "the last one",
      "Billing reminders",
      "I mean the reminders one",
    ]) {
      expect({ text, commands: say(text, { offers: question }).commands }).toEqual({ text, commands: second });
    }
    const again = say("yes", { offers: question });
    expect(again).toMatchObject({ commands: [], offers: question });
    expect(again.reply.text).toBe("Which one do you mean: “Billing for shops”, “Billing reminders”?");
    for (const text of ["the seventh", "billing", "the second?", "not the second"]) {
      expect({ text, commands: say(text, { offers: question }).commands }).toEqual({ text, commands: [] });
    }
  });

  test("[RX21] with nothing offered, yes and no are known and go to the back", () => {
    expect(say("yes")).toMatchObject({ intent: "yes", recognised: true, route: "back", commands: [] });
    expect(say("no")).toMatchObject({ intent: "no", recognised: true, route: "back", commands: [] });
    expect(say("the second")).toMatchObject({ route: "back", commands: [] });
    expect(say("yes?", { offers: proposal }).commands).toEqual([]);
  });

  test("[RX21] again means the one failed thing, else the last reply; a reply said again keeps its offers", () => {
    expect(say("again").commands).toEqual([{ op: "retry", target_id: "task_import" }]);
    const heard = say("again", { lastReply: "Hello!", offers: proposal }, emptyView);
    expect(heard).toMatchObject({ intent: "repeat", reply: { text: "I said: Hello!" }, offers: proposal });
    expect(say("say that again", undefined, emptyView)).toMatchObject({ intent: "repeat", route: "back" });
  });
});

describe("taking back", () => {
  test("[RX22] within its window the last command is taken back", () => {
    for (const text of [
      "undo",
      "undo that",
      "no, not that",
      "that's not what I meant",
      "take it back",
      "cancel that",
    ]) {
      expect({ text, ...say(text, { lastCommand }) }).toMatchObject({ text, intent: "undo", commands: undo });
    }
    expect(say("undo", { lastCommand }).reply.text).toBe("I'll ask for that to be taken back: “Login page”.");
  });

  test("[RX22] at its end it still is, after it it is not; the window is an option", () => {
    const at = (sinceMs: number): ViewDialogue => ({
      lastCommand: { ...lastCommand, atMs: filledView.nowMs - sinceMs },
    });
    expect(say("undo", at(10_000)).commands).toEqual(undo);
    expect(say("undo", at(10_001))).toMatchObject({ commands: [], answered: true });
    expect(say("undo", at(10_001)).reply.text).toContain("too late");
    expect(say("undo", at(-1)).commands).toEqual([]);
    const quick = createReflex({ undoWindowMs: 0 });
    expect(quick.answer("undo", { ...filledView, dialogue: at(1) }).commands).toEqual([]);
    expect(() => createReflex({ undoWindowMs: -1 })).toThrow(RangeError);
  });

  test("[RX22] what nothing takes back goes to the back; with no command before, it says so", () => {
    expect(say("undo", { lastCommand: { ...lastCommand, undo: [] } })).toMatchObject({ route: "back", commands: [] });
    expect(say("undo").reply.text).toBe("There is nothing of mine that I could take back.");
  });

  test("[RX22] a bare cancel later, or without a command, is about what runs", () => {
    expect(say("cancel that")).toMatchObject({ intent: "cancel", commands: [] });
    expect(say("no, not that")).toMatchObject({ intent: "no", route: "back" });
    expect(say("cancel everything", { lastCommand })).toMatchObject({ intent: "cancel", commands: [] });
  });
});
