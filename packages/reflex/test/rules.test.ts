import { formatCommand } from "@kingly/codec";
import { describe, expect, test } from "vitest";
import { answer, createReflex, emptyView, english } from "../src/index.ts";
import type { Answer, Language, View } from "../src/index.ts";
import { filledView } from "./filled-view.ts";

const reflex = createReflex();
const say = (text: string, view: View = filledView): Answer => reflex.answer(text, view);
const lines = (text: string, view: View = filledView): readonly string[] =>
  say(text, view).commands.map((command) => formatCommand(command));

describe("the promise", () => {
  test("[RX1] the first example of the house: a reply and a command", () => {
    const { reply, commands, route, answered } = answer("Create auth system");
    expect(reply.text).toBe("I'll create the task “Auth system”.");
    expect(commands.map((command) => formatCommand(command))).toEqual(["tc:Auth system|business_growth|high"]);
    expect({ route, answered }).toEqual({ route: "front", answered: false });
  });

  test("[RX1] the clock is the view's: another time gives another day", () => {
    expect(lines("What did we discuss?", { ...emptyView, nowMs: Date.UTC(2031, 0, 2) })).toEqual([
      "cl:conversation_2031-01-02|full",
    ]);
  });

  test("[RX3] with the back away, a wish and what is passed on are said to be kept and sent later", () => {
    const away = { ...filledView, backConnected: false };
    for (const text of ["create a login page", "paint my house"]) {
      expect(say(text, away).reply.text).toContain("I keep this safely and send it when it is");
      expect(say(text).reply.text).not.toContain("not reachable");
    }
    expect(say("status", away).reply.text).toContain("this is what I last heard");
    expect(say("thanks", away).reply.text).not.toContain("not reachable");
  });

  test("[RX4] below the threshold it says only that it heard, and causes nothing", () => {
    const { intent, route, commands, answered, reply, confidence } = say("create a page every Monday");
    expect({ intent, route, commands, answered }).toEqual({
      intent: "task_create",
      route: "back",
      commands: [],
      answered: false,
    });
    expect(confidence).toBeLessThan(0.9);
    expect(reply.text).toBe("I heard you. This needs a closer reading, so I pass it to the back.");
  });

  test("[RX4] a threshold of 1 passes everything on, one of 0 never speaks in doubt", () => {
    expect(createReflex({ threshold: 1 }).answer("help", filledView).route).toBe("back");
    expect(createReflex({ threshold: 0 }).answer("create a page every Monday", filledView).route).toBe("back");
    expect(createReflex({ threshold: 0.95 }).answer("create a page", filledView).route).toBe("back");
    expect(createReflex({ threshold: 0.95 }).answer("help", filledView).route).toBe("front");
  });

  test.each([-0.1, 1.1, Number.NaN])("[RX4] a threshold of %d is refused", (threshold) => {
    expect(() => createReflex({ threshold })).toThrow(RangeError);
  });
});

describe("hearing", () => {
  test.each([
    "hey kingly, could you please create a login page for me, thanks!",
    "OK so please just create a login page now",
    "I'd like you to create a login page",
    "Would you kindly create a login page, please?",
    "create\u00A0a\u2003login\u200B page",
    "create a login page\u202E",
  ])("[RX5] politeness and invisible signs change nothing: %j", (text) => {
    expect(lines(text)).toEqual(["tc:Login page|business_growth|medium"]);
  });

  test("[RX5] a curly apostrophe is an apostrophe", () => {
    expect(say("what’s running?").intent).toBe("status");
    expect(say("don’t create a page").commands).toEqual([]);
  });

  test("[RX5] a phrase must be the whole utterance", () => {
    expect(say("status").route).toBe("front");
    expect(say("status symbols of the rich").route).toBe("back");
  });
});

describe("titles", () => {
  const titleOf = (text: string): string | undefined => {
    const [command] = say(text).commands;
    return command?.op === "task_create" ? command.title : undefined;
  };

  test.each([
    ["create a page for iOS users!!", "Page for iOS users"],
    ["create the élan page", "Élan page"],
    ["create a page with 🐙 octopuses", "Page with 🐙 octopuses"],
    ["create a page for O'Brien & Sons", "Page for O'Brien & Sons"],
    ["create a task to email the landlord, please.", "Email the landlord"],
    ["create a straße map tool", "Straße map tool"],
    ["create an app \uD800 page", "App \uFFFD page"],
  ])("[RX6] %j gives %j", (text, expected) => {
    expect(titleOf(text)).toBe(expected);
  });

  test("[RX6] a title is at most 200 characters and is cut at a word, never inside a character", () => {
    const long = titleOf(`create a page ${"lorem ipsum ".repeat(30)}`) ?? "";
    expect(long.length).toBeLessThanOrEqual(200);
    expect(long).toMatch(/(?:lorem|ipsum)…$/);
    const emoji = titleOf(`create ${"🐙".repeat(150)}`) ?? "";
    expect(emoji.length).toBeLessThanOrEqual(200);
    expect(emoji.isWellFormed()).toBe(true);
  });
});

describe("wishes", () => {
  test.each([
    ["fix the login page", "maintenance"],
    ["create a course about bees", "learning"],
    ["create a task to buy a birthday cake", "personal"],
    ["create a booking page", "business_growth"],
    ["create a wiki", "general"],
  ])("[RX7] %j is %s", (text, intentType) => {
    expect(say(text).commands[0]).toMatchObject({ intent_type: intentType });
  });

  test.each([
    ["create a small platform", "low"],
    ["create a platform", "high"],
    ["create a wiki", "medium"],
  ])("[RX7] %j is of %s complexity", (text, complexity) => {
    expect(say(text).commands[0]).toMatchObject({ complexity });
  });

  test("[RX7] make and working verbs need a noun of work; things of other programs are passed on", () => {
    expect(say("make coffee").route).toBe("back");
    expect(say("fix dinner").route).toBe("back");
    expect(say("create an alarm").route).toBe("back");
    expect(say("make a website").route).toBe("front");
  });

  test("[RX7] a task without a title is asked back", () => {
    expect(say("create a task")).toMatchObject({ route: "front", commands: [], answered: true });
    expect(say("create a task").reply.text).toContain("What should the task be called?");
  });

  test("[RX8] complete must stand before the product", () => {
    expect(lines("build a complete game")).toHaveLength(2);
    expect(lines("build a game with a complete story")).toHaveLength(1);
    expect(lines("create a complete list of customers")).toEqual([]);
  });

  test("[RX8] a plan without scope has none; its name keeps its case", () => {
    expect(say("plan project McGuffin").commands).toEqual([
      { op: "workflow_start", workflow_id: "project_planning", params: { name: "McGuffin" } },
    ]);
    expect(say("plan project it").route).toBe("back");
  });

  test("[RX8] an unknown workflow is asked back with those that are known", () => {
    expect(say("run the payroll workflow").reply.text).toBe(
      "I know of no workflow by that name. I know: “Weekly review”, “Release notes”.",
    );
    expect(say("run the payroll workflow", emptyView).reply.text).toBe("I know of no workflow yet.");
    expect(say("run payroll").route).toBe("back");
  });

  test("[RX8] while the workflows are not known yet, no name is called unknown", () => {
    const unheard = { ...filledView, workflowsHeard: false };
    expect(say("run the payroll workflow", unheard)).toMatchObject({ route: "back", answered: false, commands: [] });
    expect(say("run the weekly review", unheard).commands).toHaveLength(1);
  });

  test("[RX24] the words of a workflow start it, whatever else they might mean", () => {
    const workflows = [{ id: "close_day", name: "Close the day", phrases: ["good_night", "What is the status?"] }];
    const view = { ...filledView, workflows };
    for (const text of ["Good night!", "good-night", "  GOOD   night ", "what is the status"]) {
      expect(say(text, view).commands).toEqual([{ op: "workflow_start", workflow_id: "close_day" }]);
    }
    for (const text of ["good nights", "good night everybody", '"good night" he said', "do not say good night"]) {
      expect(say(text, view).commands).toEqual([]);
    }
  });

  test("[RX24] a phrase of several workflows is asked back, and what answers the last reply comes first", () => {
    const named = (id: string, phrase: string) => ({ id, name: `Flow ${id}`, phrases: [phrase] });
    const view = { ...filledView, workflows: [named("a", "off we go"), named("b", "off we go"), named("c", "yes")] };
    const asked = say("Off we go", view);
    expect(asked).toMatchObject({ commands: [], answered: true });
    expect(asked.offers.map(({ commands }) => commands)).toEqual([
      [{ op: "workflow_start", workflow_id: "a" }],
      [{ op: "workflow_start", workflow_id: "b" }],
    ]);
    const [offer] = asked.offers;
    const answered = say("yes", { ...view, dialogue: { offers: offer === undefined ? [] : [offer] } });
    expect(answered.commands).toEqual([{ op: "workflow_start", workflow_id: "a" }]);
  });

  test("[RX8] two workflows of one name are asked back", () => {
    const workflows = [...filledView.workflows, { id: "weekly_report", name: "Weekly report" }];
    expect(say("run the weekly workflow", { ...filledView, workflows })).toMatchObject({ commands: [] });
    expect(say("run the weekly workflow", { ...filledView, workflows }).reply.text).toContain("Which one do you mean");
  });
});

describe("memory", () => {
  test("[RX9] the value is the sentence as said, the key its words", () => {
    expect(say("Please remember that I prefer Earl Grey, never Darjeeling.").commands).toEqual([
      {
        op: "memory_store",
        key: "user_preference_earl_grey_never_darjeeling",
        value: "I prefer Earl Grey, never Darjeeling",
        type: "semantic",
      },
    ]);
  });

  test("[RX9] keys keep letters of any script and are at most 64 characters", () => {
    const [japanese] = say("remember that 会議 is on floor 3").commands;
    expect(japanese).toMatchObject({ key: "note_会議_floor_3" });
    const keyOf = (text: string): string => {
      const [command] = say(text).commands;
      return command?.op === "memory_store" ? command.key : "";
    };
    const long = "wonderful ".repeat(20);
    expect(keyOf(`remember that I prefer ${long}`).length).toBeLessThanOrEqual(64);
    expect(keyOf(`remember that ${long} tea`)).not.toBe(keyOf(`remember that ${long} rum`));
    expect(keyOf("remember that 🐙")).not.toBe(keyOf("remember that 🦑"));
    expect(keyOf("remember that I love tea")).toBe(keyOf("remember that I hate tea"));
    expect(say("remember that 🐙").commands[0]).toMatchObject({ key: expect.stringMatching(/^note_[0-9a-z]{7}$/) });
  });

  test("[RX9] a memory of the view is told with when it was said, the latest first, one of each key", () => {
    expect(say("which mode do I prefer?").reply.text).toBe("You told me yesterday at 14:02: I prefer dark mode.");
    expect(say("What do I prefer?").reply.text).toBe(
      "You told me yesterday at 14:02: I prefer dark mode. You told me on 3 October at 08:30: I like green tea.",
    );
    expect(say("what did I tell you about tea?").reply.text).toBe(
      "You told me on 3 October at 08:30: I like green tea.",
    );
    expect(say("what's my sister's name?").reply.text).toBe(
      "You told me on 24 December 2024 at 18:00: my sister's name is Ida.",
    );
    const again = {
      key: "user_sister_name",
      value: "my sister's name is Ada",
      type: "semantic",
      atMs: filledView.nowMs,
    };
    const view = { ...filledView, memories: [...filledView.memories, again] };
    expect(say("what's my sister's name?", view).reply.text).toBe(
      "You told me today at 15:00: my sister's name is Ada.",
    );
  });

  test("[RX9] what the view does not have is looked up when memory was plainly asked, else passed on", () => {
    const answered = say("do you remember my shoe size?");
    expect(answered).toMatchObject({ route: "front", answered: false });
    expect(answered.reply.text).toBe("I have nothing at hand about “shoe size”, so I'll look in memory.");
    expect(lines("What do I prefer?", emptyView)).toEqual(["cl:memory_prefer|search"]);
    expect(lines("what do you remember?", emptyView)).toEqual(["cl:memory_everything|search"]);
    expect(say("what is my shoe size?").route).toBe("back");
  });
});

describe("one, none, several", () => {
  const named = (title: string, status = "running"): View["tasks"][number] => ({
    id: `task_${title.length}`,
    title,
    status,
    updatedAtMs: 0,
  });

  test("[RX10] one thing is acted on; none or several are asked back", () => {
    expect(lines("split the auth task")).toEqual(["ts:task_auth"]);
    expect(say("split the billing task").reply.text).toBe(
      "Which one do you mean: “Billing for shops”, “Billing reminders”?",
    );
    expect(say("split the unicorn task").reply.text).toContain("I know of nothing that is called “the unicorn task”");
    expect(say("split the export task").reply.text).toContain("for which that is possible now");
  });

  test("[RX10] a whole title wins over those that only contain it", () => {
    const view = { ...emptyView, tasks: [named("Billing"), named("Billing reminders")] };
    expect(lines("cancel billing", view)).toEqual(["ca:task_7"]);
  });

  test("[RX10] a title may hold any word", () => {
    const view = { ...emptyView, tasks: [named("Ship if green")] };
    expect(lines("cancel ship if green", view)).toEqual(["ca:task_13"]);
    expect(lines("cancel the ship task if it is red", view)).toEqual([]);
  });

  test("[RX10] the beginning of a word means the word, from four letters on", () => {
    const view = { ...emptyView, tasks: [named("Authentication")] };
    expect(lines("cancel the auth task", view)).toEqual(["ca:task_14"]);
    expect(lines("cancel the aut task", view)).toEqual([]);
  });

  test("[RX10] cancelling by a part of a title, or by nothing, is proposed and causes nothing", () => {
    const view = { ...emptyView, tasks: [named("Auth system")] };
    for (const text of ["cancel", "stop it", "cancel the task", "cancel auth"]) {
      expect(say(text, view)).toMatchObject({ route: "front", commands: [] });
    }
    expect(say("stop", view).reply.text).toBe("Do you mean “Auth system”? If so, say: cancel Auth system.");
    expect(lines("cancel Auth system.", view)).toEqual(["ca:task_11"]);
    expect(say("stop", emptyView).reply.text).toContain("Nothing is in hand that could be cancelled");
    expect(say("stop").reply.text).toContain("Which one do you mean");
  });

  test("[RX10] only what has failed is tried again", () => {
    expect(lines("retry the failed one")).toEqual(["re:task_import"]);
    expect(say("retry", emptyView).reply.text).toBe("Nothing has failed, as far as I know.");
    expect(say("try again", emptyView).route).toBe("back");
    expect(lines("retry the auth task")).toEqual([]);
  });

  test("[RX10] at most eight are named, the others counted", () => {
    const tasks = Array.from({ length: 11 }, (_, index) => ({ ...named(`Page ${index}`), id: `task_${index}` }));
    const text = say("cancel the page task", { ...emptyView, tasks }).reply.text;
    expect(text).toContain("“Page 7”, and 3 more");
    expect(text).not.toContain("“Page 8”");
  });
});

describe("from the view", () => {
  test("[RX11] status tells what is in hand, with progress", () => {
    expect(say("status?").reply.text).toBe(
      "4 things in hand: “Auth system”: running, 42 %, “Billing for shops”: ready, “Billing reminders”: ready, " +
        "“Weekly review”: running, 20 %.",
    );
    expect(say("status?", emptyView)).toMatchObject({ answered: true, commands: [], route: "front" });
    expect(say("how is the auth task going?").reply.text).toBe("“Auth system”: running, 42 %.");
  });

  test("[RX11] lists are of the asked status, the latest changed first", () => {
    expect(say("show failed tasks").reply.text).toBe("1 task: “Customer import”: failed.");
    expect(say("show me the cancelled tasks").reply.text).toBe("I know of no cancelled tasks.");
    expect(say("list my tasks").reply.text).toMatch(/^5 tasks: “Auth system”.*“Invoice export”: done\.$/);
    expect(say("list my tasks", emptyView).reply.text).toBe("I know of no tasks.");
  });

  test("[RX11] the conversation is loaded always, and told at once where the view has it", () => {
    expect(say("What did we discuss?")).toMatchObject({ answered: true, route: "front" });
    expect(say("What did we discuss?").reply.text).toBe(
      "Yesterday at 09:10 you said “Create auth system”, and I answered “I'll create the task “Auth system””. " +
        "Today at 14:02 you said “Is it raining?”, and I answered “I heard you”.",
    );
    expect(say("what did we discuss yesterday?").reply.text).not.toContain("raining");
    expect(say("what did we discuss about auth?").reply.text).not.toContain("raining");
    const none = say("What did we discuss?", { ...filledView, conversation: [] });
    expect(none).toMatchObject({ answered: false });
    expect(none.reply.text).toContain("I'll load the conversation of 2025-11-22");
  });

  test("[RX11] days and hours are the person's own", () => {
    const nowMs = Date.UTC(2025, 11, 31, 23, 30);
    expect(lines("What did we discuss?", { ...emptyView, nowMs, utcOffsetMinutes: 60 })).toEqual([
      "cl:conversation_2026-01-01|full",
    ]);
    expect(lines("What did we discuss?", { ...emptyView, nowMs, utcOffsetMinutes: -600 })).toEqual([
      "cl:conversation_2025-12-31|full",
    ]);
    const memories = [{ key: "k", value: "I prefer jazz", type: "semantic", atMs: nowMs - 3_600_000 }];
    expect(say("What do I prefer?", { ...emptyView, nowMs, utcOffsetMinutes: 60, memories }).reply.text).toBe(
      "You told me yesterday at 23:30: I prefer jazz.",
    );
  });

  test("[RX11] small talk is short and does not pretend", () => {
    expect(say("how are you?").reply.text).toContain("I'm a program");
    expect(say("are you human?").reply.text).toContain("a program");
    expect(say("hi").reply.text.length).toBeLessThan(80);
  });
});

describe("what is not a wish", () => {
  test("[RX12] text of more than 400 characters is not read at all", () => {
    const huge = `create a login page ${"a".repeat(65_536)}`;
    expect(say(huge)).toMatchObject({ intent: "unknown", route: "back", why: "pasted: longer than 400 characters" });
    expect(say(`create ${"page ".repeat(79)}`.slice(0, 400)).route).toBe("front");
    expect(say(`create ${"pages ".repeat(79)}`.slice(0, 401)).route).toBe("back");
    // Nothing of a long text is looked at: a text that tells would show it.
    let reads = 0;
    const spy = new Proxy(english, {
      get(target, name: keyof Language) {
        reads += name === "replies" ? 0 : 1;
        return target[name];
      },
    });
    const watched = createReflex({ language: spy });
    reads = 0;
    watched.answer(huge, filledView);
    expect(reads).toBe(0);
    watched.answer("retry the import", filledView);
    expect(reads).toBeGreaterThan(0);
  });

  test.each([
    ["create a page\nand another", "pasted: more than one line"],
    ["create a page; create another", "pasted: looks like code or a log"],
    ["ERROR create page", "pasted: looks like code or a log"],
  ])("[RX12] %j is pasted", (text, why) => {
    expect(say(text)).toMatchObject({ route: "back", why });
  });

  test.each(["tc:Evil|x|high", "create ca:task_auth", "re#1:task_import", "«create a page»", 'cancel "auth system"'])(
    "[RX13] %j causes nothing",
    (text) => {
      expect(say(text)).toMatchObject({ intent: "unknown", route: "back", commands: [] });
    },
  );

  test("[RX13] a colon after a word, an address and an apostrophe are not coded or quoted", () => {
    expect(say("todo: buy milk").route).toBe("front");
    expect(lines("create a page for https://example.org")).toEqual([
      "tc:Page for https://example.org|business_growth|medium",
    ]);
    expect(lines("create the drivers' page")).toEqual(["tc:Drivers' page|business_growth|medium"]);
  });

  test.each([
    ["don't create a page", "negated"],
    ["what if I create a page", "imagined"],
    ["she said create a page", "reported"],
    ["create a page?", "asked"],
  ])("[RX14] %j is %s", (text, why) => {
    const answered = say(text);
    expect(answered).toMatchObject({ route: "back", commands: [] });
    expect(answered.why).toContain(why);
  });

  test("[RX14] how a thing is done is answered with help", () => {
    expect(say("how do I split a task?")).toMatchObject({ intent: "help", route: "front", commands: [] });
    expect(say("how do I split wood?").route).toBe("back");
  });

  test.each([
    ["create a page if it rains", "doubt"],
    ["create a page at 5pm", "time"],
    ["create a page on March 3rd", "time"],
    ["create a page and email Bob", "second wish"],
  ])("[RX15] %j holds a %s", (text, why) => {
    const answered = say(text);
    expect(answered).toMatchObject({ intent: "task_create", route: "back" });
    expect(answered.why).toContain(why);
  });

  test("[RX15] two nouns joined are one wish", () => {
    expect(lines("create a page and a logo")).toEqual(["tc:Page and a logo|business_growth|medium"]);
  });
});

describe("language", () => {
  test("[RX16] another language is data: its phrases are heard, its sentences are said", () => {
    const german: Language = {
      ...english,
      tag: "de",
      phrases: { ...english.phrases, thanks: ["danke schön?"] },
      replies: { ...english.replies, thanks: "Gern geschehen!" },
    };
    const deutsch = createReflex({ language: german });
    expect(deutsch.answer("Danke schön!", emptyView).reply.text).toBe("Gern geschehen!");
    expect(say("Danke schön!").route).toBe("back");
  });
});
