import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { formatCommand } from "@kingly/codec";
import { describe, expect, test } from "vitest";
import { createReflex, emptyView, english, loadEnglishClassifier } from "../src/index.ts";
import type { Answer, View } from "../src/index.ts";
import { filledView } from "./filled-view.ts";
import { hardNegatives } from "./hard-negatives.ts";
import { passedOn, understood } from "./utterances.ts";

const classifier = await loadEnglishClassifier();
const reflex = createReflex({ classifier });
const say = (text: string, view: View = filledView): Answer => reflex.answer(text, view);

describe("the classifier beside the rules", () => {
  test.each([
    ["catch me up on the auth task", "status", "“Auth system”: running, 42 %."],
    ["give me a rundown", "status", "4 things in hand"],
    ["which todos do I still have", "task_list", "5 tasks:"],
    ["what's left on my plate", "task_list", "5 tasks:"],
    ["what's my sister called", "recall", "my sister's name is Ida"],
    ["thanks a lot, you are great", "small_talk", "You're welcome!"],
    ["what subjects are you able to answer", "help", "You can say"],
  ])("[RX18] %j has no rule, is %s, and is answered from the view", (text, intent, told) => {
    expect(createReflex().answer(text, filledView).route).toBe("back");
    const answer = say(text);
    expect(answer).toMatchObject({ intent, recognised: true, route: "front", commands: [] });
    expect(answer.reply.text).toContain(told);
    expect(answer.confidence).toBeLessThan(1.001);
  });

  test.each([
    ["set a reminder to feed the dogs", "tc:Feed the dogs|personal|medium"],
    ["I need a ticket for the broken search", "tc:Broken search|general|medium"],
    ["call me Vera", "ms:user_name|call me Vera|semantic"],
    ["my name is Vera", "ms:user_name|my name is Vera|semantic"],
  ])("[RX18] %j is a command, because a form tells where its words stand", (text, line) => {
    expect(say(text).commands.map((command) => formatCommand(command))).toEqual([line]);
  });

  test("[RX18] a guess that names one thing only proposes; yes then takes it", () => {
    const proposed = say("get rid of the auth task");
    expect(proposed).toMatchObject({ intent: "cancel", route: "front", commands: [] });
    expect(proposed.reply.text).toContain("Is this what you mean? I'll ask for “Auth system” to be cancelled.");
    const agreed = say("yes", { ...filledView, dialogue: { offers: proposed.offers } });
    expect(agreed.commands).toEqual([{ op: "cancel", target_id: "task_auth" }]);
  });

  test("[RX18] an intent without what it needs is known, and goes to the back", () => {
    for (const text of ["where is my package", "add milk to my shopping list", "read me my grocery list"]) {
      expect(say(text)).toMatchObject({ recognised: true, route: "back", commands: [], answered: false });
    }
    expect(say("how do you change the oil of a car")).toMatchObject({ recognised: false, intent: "unknown" });
  });

  test("[RX14][RX18] a guessed wish that is negated, imagined or reported is not recognised", () => {
    expect(say("set a reminder to feed the dogs").recognised).toBe(true);
    for (const lead of ["don't", "should I", "suppose you", "she told me to"]) {
      expect(say(`${lead} set a reminder to feed the dogs`)).toMatchObject({ recognised: false, commands: [] });
    }
  });

  test("[RX18] a guess says by which n-grams it was led", () => {
    expect(say("give me a rundown").why).toMatch(/^status: 0\.\d\d by .*rundown/);
  });

  test("[RX18] what rules read, and what they pass on, stays so with the classifier", () => {
    for (const [text] of understood) {
      const alone = createReflexAlone.answer(text, filledView);
      if (alone.route === "front") expect({ text, ...say(text) }).toEqual({ text, ...alone });
    }
    for (const [text] of passedOn) expect({ text, commands: say(text).commands }).toEqual({ text, commands: [] });
  });

  test("[RX18] a classifier of another language is refused", () => {
    expect(() => createReflex({ classifier, language: { ...english, tag: "de" } })).toThrow(RangeError);
  });

  test("[RX18] the weights are far below one megabyte", () => {
    const source = readFileSync(join(import.meta.dirname, "../src/english/english-weights.ts"));
    expect(gzipSync(source).length).toBeLessThan(450_000);
  });
});

const createReflexAlone = createReflex();

describe("hard negatives", () => {
  test.each(hardNegatives)("[RX14][RX18] %j causes nothing, with and without the classifier", (text) => {
    expect(createReflexAlone.answer(text, filledView)).toMatchObject({ commands: [], offers: [] });
    expect(say(text)).toMatchObject({ commands: [], offers: [] });
    expect(say(text, emptyView).commands).toEqual([]);
  });
});
