import { createMemoryLog } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import type { ChannelEvent } from "../src/front-model/channel-event.ts";
import { createSecondThought } from "../src/front-model/second-thought.ts";
import { JournalError } from "../src/journal/journal.ts";
import { startFakeOrchestrator } from "./fake-orchestrator.ts";
import { openTestJournal } from "./house.ts";
import { cid, front, isIdle, isOpen, outboxOf, plan, refinedOf, said, sentOf, slow, text } from "./front-side.ts";
import { openSide } from "./workspace-house.ts";

describe("a second thought, whatever breaks", () => {
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
      send: (outgoing) => sent.push(...outgoing),
      onRefined: (answer) => sent.push(answer),
    });
    const held = { id: "c", body: { line: "ut:a|b", turn: "a", origin: "user" } } as const;
    expect(second.hold("a", text, held, String)).toBe(true);
    expect(await second.pending("a")).toBeUndefined();
    expect([sent, second.hold("b", text, held, String)]).toEqual([[], false]);
  });

  test("[G19] what is not held any more is not replaced", async () => {
    const journal = await openTestJournal();
    const entry = { id: "c", body: "{}" };
    await journal.record({ workspace: "w", person: "ann", id: "a", text, atMs: 1, answer: "{}", outbox: [entry] });
    const refining = { workspace: "w", id: "a", held: "c", answer: '{"new":1}', outbox: [{ id: "d", body: "{}" }] };
    expect(await journal.refine({ ...refining, workspace: "v" })).toBe(false);
    expect(await journal.answers("w", 9)).toEqual([{ person: "ann", text, answer: "{}" }]);
    expect(await journal.refine(refining)).toBe(true);
    expect(await journal.refine({ ...refining, answer: "x", outbox: [] })).toBe(false);
    expect(await journal.answers("w", 9)).toEqual([{ person: "ann", text, answer: "{}", refined: '{"new":1}' }]);
    expect((await journal.contents()).outbox.map(({ id }) => id)).toEqual(["d"]);
  });
});
