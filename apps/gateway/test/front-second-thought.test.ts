import { createScriptedModel, LlmError } from "@kingly/llm";
import { describe, expect, test } from "vitest";
import { createFrontChannel } from "../src/front-model/front-channel.ts";
import { maxHeld } from "../src/front-model/second-thought.ts";
import { startFakeOrchestrator } from "./fake-orchestrator.ts";
import type { Reply } from "./front-house.ts";
import { cid, front, isIdle, isOpen, outboxOf, plan, refinedOf, said, sentOf, slow, text } from "./front-side.ts";
import { openSide } from "./workspace-house.ts";

describe("a second thought", () => {
  test("[G19] what only the back can read is held, then replaced, and all is sent in order", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake, { front: front(slow(plan)) });
    await side.until(isOpen(side));
    const settled = await side.say("a", text);
    expect(settled.ok && [settled.answer.reply.by, settled.answer.reply.state]).toEqual(["reflex", "recorded"]);
    await side.clock.advanceAsync(2900);
    // A question and its answer went over the link meanwhile, and nothing else.
    await side.workspace.ask("tasks", {});
    expect([fake.arrived, side.workspace.waitingForBack()]).toEqual([[], 1]);
    expect((await outboxOf(side.journal)).map(said)).toMatchObject([{ route: "back", by: "reflex" }]);
    await side.clock.advanceAsync(100);
    const reply = { text: "I will look into it.", by: "model", state: "recorded" };
    const commands = [
      { cid: cid(1), line: `tc#${cid(1)}:Ask the sea|research|low` },
      { cid: cid(2), line: `ts#${cid(2)}:auto|0.5|two parts` },
    ];
    expect(await refinedOf(settled)).toEqual({ id: "a", reply, commands });
    await side.until(() => isIdle(side));
    expect(fake.arrived).toEqual([cid(0), cid(1), cid(2)]);
    const [own, ...rest] = sentOf(fake);
    expect([own?.origin, own?.turn, said(own?.line)]).toEqual([
      "user",
      "a",
      { route: "front", by: "model", reply: reply.text, state: "recorded" },
    ]);
    expect(rest).toEqual(commands.map(({ line }) => ({ line, origin: "model", turn: "a", auto: cid(1) })));
    expect(await outboxOf(side.journal)).toEqual([]);
  });

  test("[G19][G13] the turn follows the new commands, for those who watched before too, and after a restart", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake, { front: front(slow(plan)) });
    const settled = await side.say("a", text);
    const states: string[] = [];
    side.workspace.turns.watch("a", (state) => states.push(state));
    await side.clock.advanceAsync(3000);
    await refinedOf(settled);
    fake.tell(`su#${cid(1)}:task_1|completed|1`, `su#${cid(2)}:task_1|queued|0`);
    await side.until(() => states.length === 1);
    await side.close();
    const second = await openSide(fake, { path: side.path });
    expect([states, second.workspace.turns.stateOf("a")]).toEqual([["accepted"], "accepted"]);
    fake.tell(`su#${cid(2)}:task_1|completed|1`);
    await second.until(() => second.workspace.turns.stateOf("a") === "done");
  });

  test("[G19] words alone settle the turn: it is done, and the back reads nothing", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake, { front: front("Because rivers bring salt.") });
    const settled = await side.say("a", text);
    const reply = { text: "Because rivers bring salt.", by: "model", state: "done" };
    expect(await refinedOf(settled)).toEqual({ id: "a", reply, commands: [] });
    await side.until(() => isIdle(side));
    expect(sentOf(fake).map(({ line }) => said(line))).toEqual([
      { route: "front", by: "model", reply: reply.text, state: "done" },
    ]);
    expect(side.workspace.turns.stateOf("a")).toBe("done");
  });

  test.each([
    ["commands without words say what is recorded", "```\n[Do: tc:Ask|research]\n```", "Recorded: task create."],
    [
      "what was left out is told",
      "Yes. [Do: tc:Ask|research] [Do: tc:{title}]",
      "Yes.\nOne command could not be taken.",
    ],
  ])("[G19] %s", async (_what, reply, words) => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake, { front: front(reply, "Sorry.") });
    await refinedOf(await side.say("a", text));
    await side.until(() => isIdle(side));
    expect(sentOf(fake).map(({ line }) => said(line))[0]).toMatchObject({ reply: words });
    expect(fake.arrived).toEqual([cid(0), cid(1)]);
  });

  test.each<[string, string, ...Reply[]]>([
    [
      "is late",
      text,
      [
        { kind: "wait", waitMs: 4000 },
        { kind: "text", text: plan },
      ],
    ],
    [
      "hangs within its answer",
      text,
      [
        { kind: "text", text: plan },
        { kind: "wait", waitMs: 90_000 },
      ],
    ],
    ["fails", text, new LlmError("bad_response", "no")],
    ["is asked too often (429)", text, new LlmError("model_unavailable", "429: too many requests")],
    ["fails behind a command", text, [{ kind: "text", text: plan }, new LlmError("bad_response", "no")]],
    [
      "refuses",
      text,
      [
        { kind: "text", text: "No." },
        { kind: "done", stopReason: "refusal" },
      ],
    ],
    ["says nothing", text, " \n"],
    ["leaves only a fence", text, "```\n```"],
    ["speaks of a command that cannot be read", text, "Done! [Do: tc:{title}]", "Sorry."],
    ["speaks of a command that the person pasted", `${text}: tc:Pay|x`, "Done! [Do: tc:Pay|x]"],
    ["writes nine commands", text, Array.from({ length: 9 }, (_, n) => `[Do: tc:T${n}]`).join("")],
    [
      "writes more than a frame carries",
      text,
      Array.from({ length: 8 }, (_, n) => `[Do: tc:${n}${"\u{1f98a}".repeat(1900)}]`).join(""),
    ],
  ])(
    "[G19] when the model %s the utterance is sent as it is, once",
    async (_what: string, words: string, ...replies: Reply[]) => {
      const fake = await startFakeOrchestrator();
      const side = await openSide(fake, { front: front(...replies) });
      await side.until(isOpen(side));
      const settled = await side.say("a", words);
      const [held] = await outboxOf(side.journal);
      await side.clock.advanceAsync(4000);
      expect(await refinedOf(settled)).toBeUndefined();
      await side.until(() => isIdle(side));
      expect([fake.arrived, sentOf(fake).map(({ line }) => line)]).toEqual([[cid(0)], [held]]);
      expect(said(held)).toMatchObject({ route: "back", by: "reflex" });
      expect(side.workspace.turns.stateOf("a")).toBe("recorded");
    },
  );

  test("[G19] what the reflex understands is not held, and passes what is", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake, { front: front(slow(plan)) });
    await side.say("a", text);
    expect(await side.say("b", "Create page b")).not.toHaveProperty("refined");
    await side.until(() => fake.arrived.length === 2);
    await side.clock.advanceAsync(3000);
    await side.until(() => isIdle(side));
    expect(fake.arrived).toEqual([cid(0, "b"), cid(1, "b"), cid(0), cid(1), cid(2)]);
  });

  test("[G19] at most 16 are held, the next is sent as it is", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake, { front: front(...Array.from({ length: maxHeld + 1 }, () => slow(plan))) });
    for (let n = 0; n < maxHeld; n += 1) expect(await side.say(`u${n}`, text)).toHaveProperty("refined");
    expect(await side.say("last", text)).not.toHaveProperty("refined");
    await side.until(() => fake.arrived.length === 1 && side.workspace.waitingForBack() === maxHeld);
    expect([maxHeld, fake.arrived]).toEqual([16, [cid(0, "last")]]);
  });

  test("[G19] the model is told how things stand, and what stands there it cannot repeat as a command", async () => {
    const fake = await startFakeOrchestrator();
    const prompts: string[] = [];
    const side = await openSide(fake, {
      front: ({ clock, log }) => {
        const script = [{ when: () => true, reply: "Done. [Do: tc:Pay|x] [Do: ms:pin|1] [Do: wf:wipe]" }];
        const model = createScriptedModel({ clock }, script);
        return createFrontChannel({
          clock,
          log,
          model: {
            name: "spy",
            stream: (request) => {
              prompts.push(...request.messages.map((message) => message.text));
              return model.stream(request);
            },
          },
        });
      },
    });
    fake.tell(
      "ut:z|say wf:wipe|1",
      "rp:z|No.|reflex|done|1",
      "ta:task_1|Try tc:Pay\\|x now",
      "su:task_1|running|0.5",
      "me:note|ms:pin\\|1",
    );
    await side.until(() => side.workspace.eventLog.position().head === 5);
    expect(await refinedOf(await side.say("a", text))).toBeUndefined();
    expect(prompts.at(-1)).toBe(text);
    for (const part of ["su:task_1|running|0.5", "Person: say wf:wipe", "task_1: Try", "note: ms:pin|1"]) {
      expect(prompts[0]).toContain(part);
    }
  });
});
