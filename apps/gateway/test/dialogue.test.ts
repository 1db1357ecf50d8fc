import { createReflex, emptyView } from "@kingly/reflex";
import type { Answer, View } from "@kingly/reflex";
import { describe, expect, test } from "vitest";
import { createDialogue } from "../src/dialogue.ts";
import { loadReadDates, openReflex } from "../src/open-reflex.ts";
import { createMemoryLog } from "@kingly/runtime/testing";

const never = (): number => 0;
const task = { id: "task_1", title: "Auth system", status: "running", updatedAtMs: 0 };

function talk(): { readonly say: (text: string, nowMs: number, otherReplyAtMs?: () => number) => Answer } {
  const reflex = createReflex();
  const dialogue = createDialogue();
  return {
    say(text, nowMs, otherReplyAtMs = never) {
      const view: View = { ...emptyView, nowMs, tasks: [task], dialogue: dialogue.view(nowMs, otherReplyAtMs) };
      const answer = reflex.answer(text, view);
      dialogue.onAnswer(
        answer,
        answer.commands.map((_, index) => `C${index + 1}`),
        nowMs,
      );
      return answer;
    },
  };
}

describe("the dialogue", () => {
  test("[G30] yes takes exactly what was offered, once", () => {
    const { say } = talk();
    expect(say("cancel auth", 1000).commands).toEqual([]);
    expect(say("yes", 2000).commands).toEqual([{ op: "cancel", target_id: "task_1" }]);
    expect(say("yes", 3000)).toMatchObject({ route: "back", commands: [] });
  });

  test("[G30] an offer is gone after another utterance, after 5 minutes, and when somebody else replied since", () => {
    const other = talk();
    other.say("cancel auth", 1000);
    other.say("how are you?", 1500);
    expect(other.say("yes", 2000).commands).toEqual([]);
    const late = talk();
    late.say("cancel auth", 1000);
    expect(late.say("yes", 301_001).commands).toEqual([]);
    const asked = talk();
    asked.say("cancel auth", 1000);
    expect(asked.say("yes", 2000, () => 1500).commands).toEqual([]);
  });

  test("[G30] undo cancels what the last command creates, by its cid; not what cannot be taken back", () => {
    const { say } = talk();
    say("create a login page", 1000);
    expect(say("undo", 9000).commands).toEqual([{ op: "cancel", target_id: "task_C1" }]);
    say("remember that I prefer tea", 20_000);
    expect(say("undo", 21_000)).toMatchObject({ route: "back", commands: [] });
    say("build a complete shop", 40_000);
    expect(say("no, not that", 41_000).commands).toEqual([{ op: "cancel", target_id: "task_C1" }]);
    say("create a wiki", 60_000);
    expect(say("undo", 70_001).commands).toEqual([]);
  });

  test("[G30] the last reply is said again", () => {
    const { say } = talk();
    say("hello", 1000);
    expect(say("say that again", 2000).reply.text).toBe("I said: Hello! What would you like to get done?");
  });
});

describe("the reflex of the gateway", () => {
  test("[G30] it answers at once by rules, and with the classifier and times when they are loaded", async () => {
    const log = createMemoryLog();
    const mind = openReflex({ log });
    const reflex = mind.reflex;
    expect(reflex.answer("status", emptyView).route).toBe("front");
    expect(reflex.answer("fill me in on where everything stands", emptyView).recognised).toBe(false);
    await mind.load();
    expect(reflex.answer("fill me in on where everything stands", emptyView).recognised).toBe(true);
    const view = { ...emptyView, nowMs: Date.UTC(2025, 10, 22, 15, 0), utcOffsetMinutes: 60 };
    const due = reflex.answer("remind me to call mum tomorrow at 5 pm", view);
    expect(due).toMatchObject({ route: "back", commands: [] });
    expect(due.slots).toEqual({ dueAtMs: Date.UTC(2025, 10, 23, 16, 0), dueText: "tomorrow at 5 pm" });
    expect(due.reply.text).toContain("on 23 November at 17:00");
  });

  test("[G30] times are read from where the person is, and a day that is past means the next", async () => {
    const readDates = await loadReadDates();
    const nowMs = Date.UTC(2025, 10, 22, 15, 0);
    expect(readDates("on Monday at noon", nowMs, -300)?.atMs).toBe(Date.UTC(2025, 10, 24, 17, 0));
    expect(readDates("nothing of that kind", nowMs, 0)).toBeUndefined();
  });
});
