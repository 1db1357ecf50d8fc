import { describe, expect, test } from "vitest";
import { maxOnTheWay } from "../src/back-link.ts";
import { createJournalOutbox } from "../src/journal-outbox.ts";
import { createOutboxRoom } from "../src/outbox-room.ts";
import { startFakeOrchestrator } from "./fake-orchestrator.ts";
import { openSide } from "./workspace-house.ts";

describe("an outage and its end", () => {
  test("[G29][G1][G7] 10,000 commands go out with 256 on their way, and who speaks meanwhile is answered first", async () => {
    const fake = await startFakeOrchestrator();
    await fake.stop();
    const side = await openSide(fake);
    for (let first = 0; first < 5000; first += 500) {
      await Promise.all(Array.from({ length: 500 }, (_, n) => side.say(`u${first + n}`, `Create page ${first + n}`)));
    }
    expect(side.workspace.waitingForBack()).toBe(10_000);
    fake.held = [];
    await fake.start();
    await side.until(() => fake.arrived.length === maxOnTheWay);
    let most = 0;
    let spoken = 0;
    while (side.workspace.waitingForBack() > spoken * 2) {
      // The back is slow: it answers ten, then it looks away.
      const answered = fake.held.splice(0, 100);
      for (const answer of answered) answer();
      if (spoken < 20) {
        // Heard and recorded while the back still has everything to do.
        const heard = side.workspace.say({ id: `late${spoken}`, text: "What is the status?" }, "owner");
        expect("heard" in heard && heard.heard.reply.state).toBe("heard");
        const settled = "heard" in heard ? await heard.settle() : undefined;
        expect(settled?.ok).toBe(true);
        spoken += 1;
      }
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, fake.held.length);
      if (side.workspace.waitingForBack() <= 20) break;
    }
    expect(most).toBeLessThanOrEqual(maxOnTheWay);
    expect(spoken).toBe(20);
    while (side.workspace.waitingForBack() > 0) {
      for (const answer of fake.held.splice(0)) answer();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([fake.effects.size, new Set(fake.arrived).size, fake.arrived.length]).toEqual([10_020, 10_020, 10_020]);
    expect([side.workspace.waitingBytes(), (await side.journal.contents()).outbox]).toEqual([0, []]);
  });

  test("[G16] what waits is counted in commands and bytes, with what is on its way to the disk", () => {
    const waiting = { commands: 3, bytes: 100 };
    const room = createOutboxRoom(() => waiting, { commands: 10, bytes: 1000 });
    const release = room.reserve(7, 10);
    expect([release === undefined, room.reserve(1, 0)]).toEqual([false, undefined]);
    release?.();
    expect(room.reserve(1, 901)).toBeUndefined();
    expect(room.reserve(1, 900)).toBeDefined();
    expect(room.reserve(1, 1)).toBeUndefined();
  });

  test("[G16] the bytes of the outbox are those that wait, once for each id", async () => {
    const outbox = createJournalOutbox({ settle: async () => {} }, "w", [{ id: "a", body: { line: "é" } }]);
    const each = Buffer.byteLength('{"line":"é"}');
    expect(outbox.bytes()).toBe(each);
    outbox.add("b", { line: "é" });
    outbox.add("b", { line: "é" });
    expect(outbox.bytes()).toBe(2 * each);
    await outbox.remove("a");
    await outbox.remove("a");
    expect(outbox.bytes()).toBe(each);
    await outbox.remove("b");
    expect(outbox.bytes()).toBe(0);
  });
});
