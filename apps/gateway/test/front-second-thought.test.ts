import { parseCommand } from "@kingly/codec";
import { createScriptedModel, LlmError } from "@kingly/llm";
import type { ScriptEntry } from "@kingly/llm";
import { createMemoryLog } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { deriveCid } from "../src/derive-cid.ts";
import { createFrontChannel } from "../src/front-model/front-channel.ts";
import type { ChannelEvent } from "../src/front-model/channel-event.ts";
import { createSecondThought, maxHeld } from "../src/front-model/second-thought.ts";
import { JournalError } from "../src/journal/journal.ts";
import type { Journal } from "../src/journal/journal.ts";
import type { Settled } from "../src/on-utterance.ts";
import { startFakeOrchestrator } from "./fake-orchestrator.ts";
import type { FakeOrchestrator } from "./fake-orchestrator.ts";
import type { Reply } from "./front-house.ts";
import { openTestJournal } from "./house.ts";
import { openSide } from "./workspace-house.ts";
import type { Side } from "./workspace-house.ts";

const text = "Why is the sea salty after all these years";
const cid = (ordinal: number, id = "a"): string => deriveCid("default", "owner", id, ordinal);
const plan = "I will look into it. [Do: tc:Ask the sea|research|low] [Do: ts:auto|0.5|two parts]";
const slow = (reply: string): Reply => [
  { kind: "wait", waitMs: 3000 },
  { kind: "text", text: reply },
];
type FrontOf = NonNullable<NonNullable<Parameters<typeof openSide>[1]>["front"]>;
const front =
  (...replies: readonly Reply[]): FrontOf =>
  ({ clock, log }) =>
    createFrontChannel({
      model: createScriptedModel(
        { clock },
        replies.map((reply): ScriptEntry => ({ reply })),
      ),
      clock,
      log,
    });
interface Sent {
  readonly line: string;
  readonly origin: string;
  readonly turn: string;
  readonly auto?: string;
}
const sentOf = (fake: FakeOrchestrator): readonly Sent[] => [...fake.effects.values()].map((body) => body as Sent);
const said = (line: string | undefined): unknown => {
  const parsed = parseCommand(line ?? "");
  if (!parsed.ok || parsed.value.op !== "utterance") return undefined;
  const { route, by, reply, state } = parsed.value;
  return { route, by, reply, state };
};
const outboxOf = async (journal: Journal): Promise<readonly string[]> =>
  (await journal.contents()).outbox.map(({ body }) => (JSON.parse(body) as Sent).line);
const refinedOf = async (settled: Settled): Promise<unknown> => (settled.ok ? settled.refined : "refused");
const isIdle = (side: Side): boolean => side.workspace.waitingForBack() === 0;
const isOpen = (side: Side) => (): boolean => side.workspace.backConnected();

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

  test("[G19] a crash while it is held: the next start sends the utterance as it is, once", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake, { front: front(slow(plan)) });
    await side.until(isOpen(side));
    const settled = await side.say("a", text);
    const [held] = await outboxOf(side.journal);
    await side.close();
    expect([await refinedOf(settled), fake.arrived]).toEqual([undefined, []]);
    const second = await openSide(fake, { path: side.path, front: front(plan) });
    await second.until(() => isIdle(second));
    expect([fake.arrived, sentOf(fake).map(({ line }) => line)]).toEqual([[cid(0)], [held]]);
  });

  test("[G19] a crash between the transaction and the sending: the next start sends what replaced it, in order, once", async () => {
    const fake = await startFakeOrchestrator();
    let isRefined = false;
    const side = await openSide(fake, {
      front: front(plan),
      spoil: (journal) => ({
        ...journal,
        async refine(refining) {
          await journal.refine(refining);
          isRefined = true;
          return new Promise(() => {});
        },
      }),
    });
    await side.say("a", text);
    await side.until(() => isRefined);
    await side.close();
    expect(fake.arrived).toEqual([]);
    const second = await openSide(fake, { path: side.path });
    await second.until(() => isIdle(second));
    expect(fake.arrived).toEqual([cid(0), cid(1), cid(2)]);
    expect(said(sentOf(fake)[0]?.line)).toMatchObject({ route: "front", by: "model" });
  });

  test("[G19] the replacement is one transaction: when it cannot be kept the utterance is sent as it is", async () => {
    const fake = await startFakeOrchestrator();
    await fake.stop();
    const side = await openSide(fake, {
      front: front(plan),
      // The second command takes the id of the first: SQLite refuses it behind the other statements.
      spoil: (journal) => ({
        ...journal,
        refine: (refining) =>
          journal.refine({ ...refining, outbox: refining.outbox.map((entry) => ({ ...entry, id: cid(0) })) }),
      }),
    });
    const settled = await side.say("a", text);
    const [held] = await outboxOf(side.journal);
    expect(await refinedOf(settled)).toBeUndefined();
    expect(await outboxOf(side.journal)).toEqual([held]);
    await fake.start();
    await side.until(() => isIdle(side));
    expect(sentOf(fake).map(({ line }) => line)).toEqual([held]);
  });

  test("[G19] a journal that is gone is not guessed at: nothing is sent", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake, {
      front: front(plan),
      spoil: (journal) => ({ ...journal, refine: () => Promise.reject(new JournalError("GONE", "gone")) }),
    });
    await side.until(isOpen(side));
    expect(await refinedOf(await side.say("a", text))).toBeUndefined();
    await side.workspace.ask("tasks", {});
    expect(fake.arrived).toEqual([]);
  });

  test("[G19][G3] a repeat gets the first answer, while it is held, after it, and after a restart; it is thought of once", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake, { front: front(slow(plan)) });
    const first = await side.say("a", text);
    const meanwhile = await side.say("a", text);
    await side.clock.advanceAsync(3000);
    expect(await refinedOf(meanwhile)).toEqual(await refinedOf(first));
    await side.until(() => isIdle(side));
    const answer = first.ok && first.answer;
    expect(meanwhile).toMatchObject({ ok: true, repeat: true, answer });
    expect(await side.say("a", text)).toEqual({ ok: true, repeat: true, answer });
    await side.close();
    const second = await openSide(fake, { path: side.path, front: front() });
    expect(await second.say("a", text)).toEqual({ ok: true, repeat: true, answer });
    expect(fake.arrived).toHaveLength(3);
  });

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

  test("[G19] once it is closed nothing is sent, whatever the model still says", async () => {
    const sent: unknown[] = [];
    const second = createSecondThought({
      channel: {
        async *think(): AsyncGenerator<ChannelEvent> {
          await Promise.resolve();
          second.close();
          yield { kind: "prose", text: "Hello" };
          yield { kind: "ended", why: "end", unread: 0 };
        },
      },
      journal: { refine: () => Promise.reject(new Error("closed")) },
      log: createMemoryLog(),
      workspace: "default",
      context: () => ({ untrusted: [] }),
      cid: String,
      send: (outgoing) => sent.push(...outgoing),
      onRefined: (answer) => sent.push(answer),
    });
    const held = { id: "c", body: { line: "ut:a|b", turn: "a", origin: "user" } } as const;
    expect(second.hold("a", text, held)).toBe(true);
    expect(await second.pending("a")).toBeUndefined();
    expect([sent, second.hold("b", text, held)]).toEqual([[], false]);
  });

  test("[G19] what is not held any more is not replaced", async () => {
    const journal = await openTestJournal();
    const entry = { id: "c", body: "{}" };
    await journal.record({ workspace: "w", id: "a", text, atMs: 1, answer: "{}", outbox: [entry] });
    const refining = { workspace: "w", id: "a", held: "c", answer: '{"new":1}', outbox: [{ id: "d", body: "{}" }] };
    expect(await journal.refine({ ...refining, workspace: "v" })).toBe(false);
    expect(await journal.answers("w", 9)).toEqual([{ text, answer: "{}" }]);
    expect(await journal.refine(refining)).toBe(true);
    expect(await journal.refine({ ...refining, answer: "x", outbox: [] })).toBe(false);
    expect(await journal.answers("w", 9)).toEqual([{ text, answer: "{}", refined: '{"new":1}' }]);
    expect((await journal.contents()).outbox.map(({ id }) => id)).toEqual(["d"]);
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
