import { formatCommand, parseCommand } from "@kingly/codec";
import { createReflex, emptyView } from "@kingly/reflex";
import { createManualClock } from "@kingly/runtime/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkUtterance, maxTextLength } from "../src/check-utterance.ts";
import { deriveCid } from "../src/derive-cid.ts";
import { JournalError } from "../src/journal/journal.ts";
import type { Journal } from "../src/journal/journal.ts";
import type { Recorded, Recording } from "../src/journal/journal-store.ts";
import { createOnUtterance } from "../src/on-utterance.ts";
import type { Heard, OnUtteranceDeps, Outgoing, SaidBefore, UtteranceAnswer } from "../src/on-utterance.ts";
import { openTestJournal } from "./house.ts";

interface Step {
  say(id: string, text: string): Heard;
  refusal(id: string, text: string): string | undefined;
  readonly sent: Outgoing[];
  readonly recorded: UtteranceAnswer[];
}

function openStep(record: Journal["record"], extra: Partial<OnUtteranceDeps> = {}): Step {
  const sent: Outgoing[] = [];
  const recorded: UtteranceAnswer[] = [];
  const known = new Map<string, SaidBefore>();
  const say = createOnUtterance(
    {
      clock: createManualClock(),
      reflex: createReflex(),
      journal: { record } as Journal,
      view: () => emptyView,
      known: (id) => known.get(id),
      send: (outgoing) => sent.push(...outgoing),
      onRecorded(answer, text) {
        recorded.push(answer);
        known.set(answer.id, { text, answer });
      },
      reserve: () => () => {},
      ...extra,
    },
    { workspace: "default", person: "owner" },
  );
  return {
    sent,
    recorded,
    say(id, text) {
      const heard = say({ id, text });
      if ("refused" in heard) throw new Error(heard.refused.code);
      return heard;
    },
    refusal(id, text) {
      const heard = say({ id, text });
      return "refused" in heard ? heard.refused.code : undefined;
    },
  };
}

const keep: Journal["record"] = async ({ answer, atMs }: Recording): Promise<Recorded> => ({
  status: "new",
  answer,
  atMs,
});
const never: Journal["record"] = () => new Promise(() => {});

describe("on-utterance", () => {
  test("[G21] what is done by hand is sent as it stands, whatever its text says; with another command the id is reused", async () => {
    const sent: Outgoing[] = [];
    const known = new Map<string, SaidBefore>();
    const say = createOnUtterance(
      {
        clock: createManualClock(),
        reflex: {
          ...createReflex(),
          answer: () => {
            throw new Error("the reflex was asked");
          },
        },
        journal: { record: keep } as Journal,
        view: () => emptyView,
        known: (id) => known.get(id),
        send: (outgoing) => sent.push(...outgoing),
        onRecorded: (answer, text) => void known.set(answer.id, { text, answer }),
        reserve: () => () => {},
      },
      { workspace: "default", person: "owner" },
    );
    const byHand = (decision: string) => ({
      id: "u1",
      text: "Create a login page",
      command: { op: "approve", target_id: "run_W1.may.1.0123456789abcdef", decision } as const,
    });
    const heard = say(byHand("approved"));
    if ("refused" in heard) throw new Error(heard.refused.code);
    const settled = await heard.settle();
    expect(settled).toMatchObject({
      ok: true,
      answer: { reply: { text: "I pass your decision on.", state: "recorded" } },
    });
    expect(sent.map(({ body }) => [body.line.replace(/#\w+/, ""), body.origin])).toEqual([
      [expect.stringMatching(/^ut:u1\|Create a login page\|.*\|front$/), "user"],
      ["ap:run_W1.may.1.0123456789abcdef|approved", "user"],
    ]);
    expect(say(byHand("rejected"))).toMatchObject({ refused: { code: "id_reused" } });
    const again = say(byHand("approved"));
    if ("refused" in again) throw new Error(again.refused.code);
    expect(await again.settle()).toMatchObject({ ok: true, repeat: true });
    expect(sent).toHaveLength(2);
  });

  test("[G1] the heard reply is there before the journal has answered, and says no more than heard", () => {
    const step = openStep(never);
    const { heard } = step.say("u1", "Create a login page");
    expect(heard).toEqual({
      id: "u1",
      reply: { text: "I'll create the task “Login page”.", by: "reflex", state: "heard" },
      commands: [{ cid: "JSoIdupFnxkrSO", line: "tc#JSoIdupFnxkrSO:Login page|business_growth|medium" }],
    });
    expect([step.sent, step.recorded]).toEqual([[], []]);
  });

  test("[G1] the same reply follows as recorded, or as done when a question was answered whole", async () => {
    const step = openStep(keep);
    const wish = step.say("u1", "Create a login page");
    expect(await wish.settle()).toEqual({
      ok: true,
      repeat: false,
      answer: { ...wish.heard, reply: { ...wish.heard.reply, state: "recorded" } },
    });
    const question = await step.say("u2", "What is the status?").settle();
    expect(question.ok && question.answer.reply.state).toBe("done");
    const passedOn = await step.say("u3", "Why is the sea salty after all these years").settle();
    expect(passedOn.ok && passedOn.answer.reply.state).toBe("recorded");
  });

  test("[G1] said again while it is known the first reply is that of the first time", async () => {
    let tasks = emptyView.tasks;
    const step = openStep(keep, { view: () => ({ ...emptyView, tasks }) });
    const first = step.say("u1", "What is the status?");
    const firstSettled = await first.settle();
    tasks = [{ id: "t", title: "Login page", status: "running", updatedAtMs: 1 }];
    expect(step.say("u2", "What is the status?").heard.reply.text).not.toBe(first.heard.reply.text);
    const again = step.say("u1", "What is the status?");
    expect(again.heard).toEqual(first.heard);
    const settled = await again.settle();
    expect(settled).toEqual({ ...firstSettled, repeat: true });
  });

  test("[G3] nothing is sent before it is recorded; then the utterance goes first, its commands after it", async () => {
    let release = (_recorded: Recorded): void => {};
    const recordings: Recording[] = [];
    const step = openStep(async (recording) => {
      recordings.push(recording);
      return new Promise((resolve) => (release = resolve));
    });
    const settled = step.say("u2", "Create complete e-commerce platform").settle();
    expect(step.sent).toEqual([]);
    const [recording] = recordings;
    release({ status: "new", answer: recording?.answer ?? "", atMs: 0 });
    await settled;
    expect(recording?.outbox.map(({ id, body }) => ({ id, body: JSON.parse(body) as unknown }))).toEqual(step.sent);
    expect(step.sent.map(({ id, body }) => [id, body.origin, body.turn, body.line.slice(0, 2), body.auto])).toEqual([
      [deriveCid("default", "owner", "u2", 0), "user", "u2", "ut", undefined],
      [deriveCid("default", "owner", "u2", 1), "reflex", "u2", "tc", deriveCid("default", "owner", "u2", 1)],
      [deriveCid("default", "owner", "u2", 2), "reflex", "u2", "ts", deriveCid("default", "owner", "u2", 1)],
    ]);
  });

  test("[G3] what cannot be kept is not_recorded, says why, and sends nothing", async () => {
    const step = openStep(async () => Promise.reject(new JournalError("FULL", "The disk is full; free some space.")));
    const settled = await step.say("u1", "Create a login page").settle();
    expect(settled).toMatchObject({ ok: false, error: { code: "not_recorded" } });
    expect(settled.ok ? "" : settled.error.message).toContain("FULL: The disk is full");
    expect([step.sent, step.recorded]).toEqual([[], []]);
  });

  test("[G3] an id with another text is id_reused, whether it is known here or only to the journal", async () => {
    const conflict = await openStep(async () => ({ status: "conflict" }))
      .say("u1", "Create a page")
      .settle();
    expect(conflict).toMatchObject({ ok: false, error: { code: "id_reused" } });
    const step = openStep(keep);
    await step.say("u1", "Create a page").settle();
    expect(step.refusal("u1", "Create a house")).toBe("id_reused");
    expect(step.sent).toHaveLength(2);
  });

  test("[G3] a repeat that only the journal knows gets the first answer and sends nothing", async () => {
    const journal = await openTestJournal();
    const first = await openStep((recording) => journal.record(recording))
      .say("u1", "Create a page")
      .settle();
    const second = openStep((recording) => journal.record(recording), {
      view: () => ({ ...emptyView, backConnected: false }),
    });
    const again = await second.say("u1", "Create a page").settle();
    expect(JSON.stringify(again.ok && again.answer)).toBe(JSON.stringify(first.ok && first.answer));
    expect([again.ok && again.repeat, second.sent, second.recorded]).toEqual([true, [], []]);
  });

  test("[G16] a place is kept while it is recorded and free afterwards, whatever became of it", async () => {
    let taken = 0;
    const reserve = (commands: number, bytes: number): (() => void) => {
      expect(bytes).toBeGreaterThan(0);
      taken += commands;
      return () => (taken -= commands);
    };
    const step = openStep(keep, { reserve });
    const heard = step.say("u1", "Create a page");
    expect(taken).toBe(2);
    await heard.settle();
    expect(taken).toBe(0);
    const broken = openStep(() => Promise.reject(new JournalError("FULL", "x")), { reserve });
    expect(await broken.say("u2", "Create a page").settle()).toMatchObject({ ok: false });
    expect(taken).toBe(0);
  });

  test("[G16] without room it is busy and nothing is kept; what is known already is still answered", async () => {
    let room = 2;
    let asked = 0;
    const step = openStep(
      (recording) => {
        asked += 1;
        return keep(recording);
      },
      { reserve: (commands) => (room < commands ? undefined : () => {}) },
    );
    expect(step.refusal("u0", "Create complete e-commerce platform")).toBe("busy");
    expect(asked).toBe(0);
    await step.say("u1", "Create a page").settle();
    room = 0;
    expect(step.refusal("u2", "What is the status?")).toBe("busy");
    expect(asked).toBe(1);
    expect((await step.say("u1", "Create a page").settle()).ok).toBe(true);
  });

  test("[G2][G3] any text that is taken is written so that it is read back as it was", () => {
    const signs = fc.constantFrom("\u0001", "\\", '"', "'", "|", "\n", "é", "🦊", "a", "#", ":", "{", "\u2028");
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      signs.map((sign) => sign.repeat(maxTextLength / sign.length)),
    );
    fc.assert(
      fc.property(text, (text) => {
        const checked = checkUtterance({ text, id: "u" }, () => "u");
        if (!checked.ok) return;
        const recordings: Recording[] = [];
        const step = openStep(async (recording) => {
          recordings.push(recording);
          return never(recording);
        });
        void step.say("u", text).settle();
        const body = recordings[0]?.outbox[0]?.body ?? "";
        // A frame of the link, and a row of the log after it, hold 65,536 bytes.
        expect(Buffer.byteLength(body)).toBeLessThan(60_000);
        const { line } = JSON.parse(body) as { line: string };
        const parsed = parseCommand(line);
        expect(parsed.ok && parsed.value.op === "utterance" && parsed.value.text).toBe(text);
        expect(parsed.ok && formatCommand(parsed.value)).toBe(line);
      }),
      { numRuns: 200 },
    );
  });
});
