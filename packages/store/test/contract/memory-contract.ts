import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JsonValue, Memory, MemoryInput } from "../../src/index.ts";
import { cause, codeOf } from "./contract-store.ts";
import type { ContractStore, OpenContractStore } from "./contract-store.ts";

/** What every store promises of memory, in time and in search, and of workspaces apart. */
export function memoryContract(kind: string, open: OpenContractStore): void {
  describe(`the memory of a store on ${kind}`, () => {
    let opened: ContractStore;
    beforeEach(async () => void (opened = await open()));
    afterEach(() => opened.end());
    const remember = (key: string, value: JsonValue, more: Partial<MemoryInput> = {}): Promise<Memory> =>
      opened.write((unit) => opened.store.memory.remember(unit, { workspaceId: "w", key, value, ...more }, cause));
    const find = (text: string): readonly string[] => opened.store.memory.search("w", text).map(({ key }) => key);

    test("[S20] a value comes back as it was; the same again, in any order of its keys, changes nothing", async () => {
      const first = await remember("k", { a: 1, b: [true, null] }, { category: "ui" });
      expect(await remember("k", { b: [true, null], a: 1 })).toEqual(first);
      expect(await remember("k", "new")).toMatchObject({ version: 2, category: "ui", value: "new" });
      await fc.assert(
        fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), async (value) => {
          const plain = JSON.parse(JSON.stringify(value)) as JsonValue;
          await remember("any", plain);
          expect(opened.store.memory.recall("w", "any")?.value).toEqual(plain);
        }),
        { numRuns: 25 },
      );
    });

    test("[S21][S34] what was believed then is read as of then, on both axes", async () => {
      const { store, clock } = opened;
      const startMs = clock.nowMs();
      await remember("city", "Rome");
      clock.advance(10);
      await remember("city", "Oslo");
      const at = (validMs: number, systemMs: number): unknown =>
        store.memory.recall("w", "city", { asOf: { validMs: startMs + validMs, systemMs: startMs + systemMs } })?.value;
      expect([at(0, 0), at(15, 5), at(5, 15), at(15, 15)]).toEqual(["Rome", "Rome", "Rome", "Oslo"]);
      expect(at(-1, 15)).toBeUndefined();
      expect(store.memory.history("w", "city").map(({ value }) => value)).toEqual(["Rome", "Oslo"]);
    });

    test("[S22] what is forgotten is in no read, no search and no event", async () => {
      const { store } = opened;
      await remember("secret", "canary one");
      await remember("secret", "canary two");
      expect(await opened.write((unit) => store.memory.forget(unit, "w", "secret", cause))).toBe(true);
      expect(store.memory.recall("w", "secret")).toBeUndefined();
      expect(find("canary")).toEqual([]);
      expect(JSON.stringify(store.events.readAfter("w", 0, 100))).not.toContain("canary");
      expect(JSON.stringify(store.memory.history("w", "secret"))).not.toContain("canary");
    });

    test("[S24][S25] search finds by words, follows every change, and takes any text", async () => {
      await remember("pet", "a hamster named Otto");
      await remember("pet", "a parrot named Otto");
      await remember("city", "We live in Lisbon");
      expect([find("hamster"), find("parrot"), find("Where do we live?")]).toEqual([[], ["pet"], ["city"]]);
      for (const text of [
        '"',
        "*",
        "NOT otto",
        "key:otto",
        "NEAR(a b)",
        "' OR 1=1 --",
        "a\0b",
        "\ud800",
        "x".repeat(100_000),
      ]) {
        expect([text.slice(0, 20), Array.isArray(find(text))]).toEqual([text.slice(0, 20), true]);
      }
    });

    test("[S9] what no store may hold is refused with a code, and leaves nothing", async () => {
      for (const value of [Number.NaN, undefined, "x".repeat(300_000)]) {
        expect(await codeOf(() => remember("bad", value as JsonValue))).toBe("INVALID_VALUE");
      }
      expect(await codeOf(() => remember("", 1))).toBe("INVALID_VALUE");
      expect(opened.store.events.position("w")?.head).toBe(0);
    });

    test("[S28] equal keys of two workspaces do not meet", async () => {
      const { store } = opened;
      await opened.write((unit) => {
        for (const workspaceId of ["w", "v"]) {
          store.memory.remember(unit, { workspaceId, key: "same", value: `canary${workspaceId} shared` }, cause);
        }
      });
      for (const [own, other] of [
        ["w", "v"],
        ["v", "w"],
      ] as const) {
        const seen = JSON.stringify([
          store.memory.search(own, "shared"),
          store.memory.recall(own, "same"),
          store.memory.history(own, "same"),
          await store.memory.list(own),
          store.events.readAfter(own, 0, 100),
        ]);
        expect(seen).toContain(`canary${own}`);
        expect(seen).not.toContain(`canary${other}`);
      }
      await opened.write((unit) => store.memory.forget(unit, "w", "same", cause));
      expect(store.memory.recall("v", "same")?.value).toBe("canaryv shared");
    });
  });
}
