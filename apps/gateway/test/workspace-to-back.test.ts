import { describe, expect, test } from "vitest";
import { JournalError } from "../src/journal/journal.ts";
import { startFakeOrchestrator } from "./fake-orchestrator.ts";
import { openSide } from "./workspace-house.ts";
import type { Side } from "./workspace-house.ts";

const isSettled = (side: Side): boolean => side.workspace.waitingForBack() === 0;

describe("to the back", () => {
  test("[G6] commands arrive in the order of recording, and leave the journal when they are answered", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake);
    const all = await Promise.all(Array.from({ length: 20 }, (_, n) => side.say(`u${n}`, `Create page number ${n}`)));
    await side.until(() => isSettled(side));
    const lines = fake.arrived.map((cid) => (fake.effects.get(cid) as { line: string }).line.replace(/#\w+/, ""));
    expect(lines.filter((line) => line.startsWith("ut:")).map((line) => /^ut:(\w+)/.exec(line)?.[1])).toEqual(
      Array.from({ length: 20 }, (_, n) => `u${n}`),
    );
    expect(all.every((one, n) => one.ok && fake.arrived[n * 2 + 1] === one.answer.commands[0]?.cid)).toBe(true);
    expect((await side.journal.contents()).outbox).toEqual([]);
  });

  test("[G6] what is not answered is sent again after a cut and after a restart, with one effect each", async () => {
    const fake = await startFakeOrchestrator();
    fake.answers = false;
    const first = await openSide(fake);
    for (const id of ["a", "b", "c"]) await first.say(id, `Create page ${id}`);
    await first.until(() => fake.arrived.length === 6);
    const order = [...fake.arrived];
    await fake.cut();
    await first.until(() => fake.arrived.length === 12);
    expect(fake.arrived.slice(6)).toEqual(order);
    await first.close();

    const second = await openSide(fake, { path: first.path });
    expect(second.workspace.waitingForBack()).toBe(6);
    await second.until(() => fake.arrived.length === 18);
    expect(fake.arrived.slice(12)).toEqual(order);
    fake.answers = true;
    await fake.cut();
    await second.until(() => isSettled(second));
    expect([...fake.effects.keys()]).toEqual(order);
    await second.close();

    const third = await openSide(fake, { path: first.path });
    expect(third.workspace.waitingForBack()).toBe(0);
  });

  test("[G6] a journal that cannot forget for a while forgets later; nothing is lost and nothing stays", async () => {
    const fake = await startFakeOrchestrator();
    let isFull = true;
    const side = await openSide(fake, {
      spoil: (journal) => ({
        ...journal,
        settle: async (workspace, ids) => {
          if (isFull) throw new JournalError("FULL", "no room");
          return journal.settle(workspace, ids);
        },
      }),
    });
    await side.say("a", "Create page a");
    await side.until(() => side.log.entries.some((entry) => entry.message.includes("could not be dealt with")));
    expect(side.workspace.waitingForBack()).toBe(2);
    isFull = false;
    side.clock.advance(5000);
    await side.until(() => isSettled(side));
    expect((await side.journal.contents()).outbox).toEqual([]);
    expect(fake.effects.size).toBe(2);
  });

  test("[G13] a command that the back refuses for good leaves the journal, and its turn shows as failed", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake);
    await fake.stop();
    await side.say("a", "Create page a");
    await side.close();
    await fake.start();
    // Only what another version kept can be refused: here a body that is no command.
    const second = await openSide(fake, {
      path: side.path,
      spoil: (journal) => ({
        ...journal,
        async contents() {
          const { outbox, mirrors } = await journal.contents();
          return { mirrors, outbox: outbox.map((entry, n) => (n === 1 ? { ...entry, body: "{}" } : entry)) };
        },
      }),
    });
    await second.until(() => isSettled(second));
    await second.until(() => second.workspace.turns.stateOf("a") === "failed");
  });

  test("[G7] the link comes back by itself with waits that differ, and meanwhile every utterance is kept", async () => {
    const fake = await startFakeOrchestrator();
    const side = await openSide(fake);
    await side.until(() => side.workspace.backConnected());
    await fake.stop();
    await side.until(() => !side.workspace.backConnected());
    for (const id of ["a", "b", "c"]) {
      const settled = await side.say(id, `Create page ${id}`);
      expect(settled.ok && settled.answer.reply.state).toBe("recorded");
      expect(settled.ok && settled.answer.reply.text).toContain("I keep this safely");
    }
    const waits = (): number[] =>
      side.log.entries.flatMap(({ fields }) => (typeof fields["retryInMs"] === "number" ? [fields["retryInMs"]] : []));
    await side.until(() => waits().length >= 8);
    expect(new Set(waits()).size).toBe(waits().length);
    expect(Math.max(...waits())).toBeLessThanOrEqual(5000);
    expect(waits()[0]).toBeLessThanOrEqual(250);
    await fake.start();
    await side.until(() => isSettled(side));
    expect([fake.effects.size, side.workspace.backConnected()]).toEqual([6, true]);
  });

  test("[G16] what waits is counted until the back has it", async () => {
    const fake = await startFakeOrchestrator();
    await fake.stop();
    const side = await openSide(fake);
    await side.say("a", "Create page a");
    await side.say("a", "Create page a");
    expect(side.workspace.waitingForBack()).toBe(2);
    await fake.start();
    await side.until(() => isSettled(side));
  });
});
