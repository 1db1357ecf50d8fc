import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EventInput } from "../../src/index.ts";
import { cause, codeOf } from "./contract-store.ts";
import type { ContractStore, OpenContractStore } from "./contract-store.ts";

const loaded = (id: string): EventInput => ({
  eventType: "context_loaded",
  entityType: "context",
  entityId: id,
  payload: { context_id: id, summary: "s" },
});

/** What every store promises of workspaces, events, commands and the conversation. */
export function logContract(kind: string, open: OpenContractStore): void {
  describe(`the log of a store on ${kind}`, () => {
    let opened: ContractStore;
    beforeEach(async () => void (opened = await open()));
    afterEach(() => opened.end());
    const append = (workspaceId: string, ...ids: readonly string[]): Promise<void> =>
      opened.write((unit) => {
        for (const id of ids) opened.store.events.append(unit, workspaceId, loaded(id), cause);
      });

    test("[S5] a workspace is made once, with an epoch that stays", async () => {
      const { workspaces } = opened.store;
      const first = workspaces.get("w");
      expect(first?.epoch).toMatch(/^[0-9a-f]{16}$/);
      await opened.write((unit) => workspaces.ensure(unit, { id: "w", name: "Other" }));
      expect(workspaces.get("w")).toMatchObject({ name: "Other", epoch: first?.epoch, version: 2 });
      expect(workspaces.get("none")).toBeUndefined();
    });

    test("[S6][S7] seqs have no gaps, units stand or fail as a whole, and time does not go back", async () => {
      const { events } = opened.store;
      const results = await Promise.allSettled(
        Array.from({ length: 40 }, (_, n) =>
          opened.write((unit) => {
            events.append(unit, n % 2 === 0 ? "w" : "v", loaded(`c${n}`), cause);
            if (n % 5 === 0) throw new RangeError("taken back");
          }),
        ),
      );
      expect(results.filter(({ status }) => status === "rejected")).toHaveLength(8);
      for (const workspaceId of ["w", "v"]) {
        const told = events.readAfter(workspaceId, 0, 1000);
        expect(told.map(({ seq }) => seq)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
        expect(told.every(({ atMs }, index) => index === 0 || atMs >= (told[index - 1]?.atMs ?? 0))).toBe(true);
        expect(events.position(workspaceId)).toMatchObject({ head: 16, low: 1, processed: 0 });
      }
    });

    test("[S8][S10] an event comes back with its cause, and is read after a cursor, in order", async () => {
      await append("w", "a", "b", "c");
      const { events } = opened.store;
      expect(events.readAfter("w", 1, 1)).toEqual([
        {
          seq: 2,
          chain: events.chainAt("w", 2),
          atMs: opened.clock.nowMs(),
          ...loaded("b"),
          cid: "c1",
          origin: "user",
          turnId: "u-1",
        },
      ]);
      expect(events.readAfter("w", 3, 10)).toEqual([]);
      expect(events.readAfter("v", 0, 10)).toEqual([]);
      expect(await codeOf(() => append("none", "a"))).toBe("UNKNOWN_WORKSPACE");
    });

    test("[S11] listeners hear of each commit of their workspace, before its writers go on", async () => {
      const heard: string[] = [];
      const end = opened.store.events.subscribe("w", () =>
        heard.push(`head ${opened.store.events.position("w")?.head}`),
      );
      await Promise.all([append("w", "a").then(() => heard.push("written")), append("w", "b"), append("v", "c")]);
      expect(heard.slice(0, 2)).toEqual(["head 2", "written"]);
      end();
      await append("w", "d");
      expect(heard).toHaveLength(2);
    });

    test("[S12][S93] a witness tells the same log from one that is shorter, another one, or began again", async () => {
      const { events } = opened.store;
      await append("w", "a", "b");
      const seen = events.witness("w");
      if (seen === undefined) throw new Error("The log has no witness.");
      await append("w", "c");
      expect(events.checkWitness("w", seen)).toBe("held");
      expect(events.checkWitness("w", { ...seen, seq: 9 })).toBe("ahead");
      expect(events.checkWitness("w", { ...seen, seq: 1 })).toBe("different");
      const after = await opened.write((unit) => events.newEpoch(unit, "w"));
      expect(after.epoch).not.toBe(seen.epoch);
      expect(events.checkWitness("w", seen)).toBe("other_epoch");
    });

    test("[S96][S97] what was processed may go; what was said stays, and the log goes on", async () => {
      const { store } = opened;
      await append("w", "a");
      const payload = { utterance_id: "u1", text: "hello", at: 5 };
      await opened.write((unit) => {
        const said = { eventType: "utterance_recorded", entityType: "utterance", entityId: "u1", payload };
        store.events.append(unit, "w", said, cause);
      });
      await append("w", "b", "c");
      expect(store.events.readUnprocessed("w", 2).map(({ seq }) => seq)).toEqual([1, 2]);
      const result = await opened.write((unit) => {
        expect(store.events.markProcessed(unit, "w", 3)).toBe(3);
        return store.events.retain(unit, "w", { keepFromSeq: 5 });
      });
      expect(result).toEqual({ low: 4, released: 3, more: false });
      expect(store.events.readAfter("w", 0, 10).map(({ seq }) => seq)).toEqual([4]);
      expect(store.conversation.read("w")).toMatchObject([{ utteranceId: "u1", text: "hello" }]);
      await append("w", "d");
      expect(store.events.position("w")).toMatchObject({ low: 4, head: 5, processed: 3 });
    });

    test("[S23] a command is new once, then a repeat, and another line under its cid is a conflict", async () => {
      const accept = (cid: string, line: string): Promise<string> =>
        opened.write((unit) => opened.store.commands.accept(unit, "w", cid, line));
      expect([await accept("a", "tc:x"), await accept("a", "tc:x"), await accept("a", "tc:y")]).toEqual([
        "new",
        "repeat",
        "conflict",
      ]);
      expect(opened.store.commands.get("v", "a")).toBeUndefined();
    });

    test("[S27] the conversation gives turns, oldest first, with their replies", async () => {
      const { store } = opened;
      await opened.write((unit) => {
        for (const [id, at] of [
          ["u2", 20],
          ["u1", 10],
        ] as const) {
          const said = { utterance_id: id, text: id, at };
          const event = { eventType: "utterance_recorded", entityType: "utterance", entityId: id, payload: said };
          store.events.append(unit, "w", event, cause);
        }
        const reply = { utterance_id: "u1", text: "yes", by: "reflex", state: "heard", at: 30 };
        store.events.append(
          unit,
          "w",
          { eventType: "reply", entityType: "utterance", entityId: "u1", payload: reply },
          cause,
        );
      });
      expect(store.conversation.read("w")).toEqual([
        { utteranceId: "u1", text: "u1", atMs: 10, replies: [{ text: "yes", by: "reflex", state: "heard", atMs: 30 }] },
        { utteranceId: "u2", text: "u2", atMs: 20, replies: [] },
      ]);
      expect(store.conversation.read("v")).toEqual([]);
    });
  });
}
