import type { Answer } from "@kingly/link";
import { createManualClock } from "@kingly/runtime/testing";
import { expect, test } from "vitest";
import { createDraftPreview } from "../page/src/draft-preview.ts";

test("[G26] the page asks only when it was turned on, after a pause, one at a time, and shows no old answer", async () => {
  const clock = createManualClock();
  const asked: string[] = [];
  const answers: ((answer: Answer) => void)[] = [];
  const shown: (string | undefined)[] = [];
  const preview = createDraftPreview({
    clock,
    ask: async (text) => {
      asked.push(text);
      return new Promise((resolve) => void answers.push(resolve));
    },
    show: (text) => void shown.push(text),
  });
  const answer = async (text: string, passedOn = false): Promise<void> => {
    answers.shift()?.({ ok: true, value: { preview: text, passedOn } });
    await clock.advanceAsync(0);
  };
  preview.change("Create");
  await clock.advanceAsync(5000);
  expect([asked, clock.pendingTimers()]).toEqual([[], 0]);

  preview.turn(true);
  for (const text of ["C", "Cr", "Create a"]) {
    preview.change(text);
    await clock.advanceAsync(199);
  }
  expect(asked).toEqual([]);
  await clock.advanceAsync(1);
  expect(asked).toEqual(["Create a"]);
  // Typed on while it is asked: the answer is to a text that is gone.
  preview.change("Create a page");
  await clock.advanceAsync(1000);
  expect(asked).toHaveLength(1);
  await answer("old");
  await clock.advanceAsync(200);
  expect(asked).toEqual(["Create a", "Create a page"]);
  await answer("I'll create the task “Page”.");
  expect(shown.filter((text) => text !== undefined)).toEqual(["I'll create the task “Page”."]);
  preview.change("Why is it so");
  await clock.advanceAsync(200);
  await answer("…", true);
  expect(shown.at(-1)).toBe("The orchestrator will read this.");

  preview.change("x".repeat(401));
  expect(shown.at(-1)).toBeUndefined();
  preview.change("again");
  preview.turn(false);
  await clock.advanceAsync(5000);
  expect([asked.length, shown.at(-1)]).toEqual([3, undefined]);
});
