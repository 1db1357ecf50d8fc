import { describe, expect, test } from "vitest";
import { createJournalOutbox } from "../src/journal-outbox.ts";
import { JournalError } from "../src/journal/journal.ts";

describe("journal outbox", () => {
  test("[G6] what waits after a restart comes before what is added, in pages", () => {
    const waiting = ["b", "a"].map((id) => ({ id, body: { id } }));
    const outbox = createJournalOutbox({ settle: async () => {} }, "w", waiting);
    outbox.add("c", { id: "c" });
    outbox.add("a", { id: "again" });
    const first = outbox.list(0, 2);
    expect(first.map((entry) => entry.id)).toEqual(["b", "a"]);
    expect(outbox.list(first.at(-1)?.order ?? 0, 2)).toMatchObject([{ id: "c", body: { id: "c" } }]);
    expect(outbox.size()).toBe(3);
  });

  test("[G6] answers that come while some are written share the next transaction", async () => {
    const written: (readonly string[])[] = [];
    const gates: (() => void)[] = [];
    const settle = (_workspace: string, ids: readonly string[]): Promise<void> => {
      written.push(ids);
      return new Promise((resolve) => void gates.push(resolve));
    };
    const outbox = createJournalOutbox({ settle }, "w", []);
    for (const id of ["a", "b", "c"]) outbox.add(id, {});
    const all = ["a", "b", "c"].map((id) => outbox.remove(id));
    expect(written).toEqual([["a"]]);
    expect(outbox.size()).toBe(3);
    gates[0]?.();
    await Promise.resolve();
    await Promise.resolve();
    expect(written).toEqual([["a"], ["b", "c"]]);
    gates[1]?.();
    await Promise.all(all);
    expect(outbox.size()).toBe(0);
  });

  test("[G6] an entry that the journal could not forget stays, and goes when its next answer comes", async () => {
    let isFull = true;
    const gone: string[] = [];
    const outbox = createJournalOutbox(
      {
        async settle(_workspace, ids) {
          if (isFull) throw new JournalError("FULL", "no room");
          gone.push(...ids);
        },
      },
      "w",
      [],
    );
    for (const id of ["a", "b"]) outbox.add(id, {});
    await expect(outbox.remove("a")).rejects.toThrow("no room");
    await expect(outbox.remove("b")).rejects.toThrow("no room");
    expect(outbox.size()).toBe(2);
    isFull = false;
    await outbox.remove("a");
    await outbox.remove("b");
    expect([gone, outbox.size()]).toEqual([["a", "b"], 0]);
  });
});
