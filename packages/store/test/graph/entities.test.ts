import { afterEach, beforeEach, expect, test } from "vitest";
import type { EntityInput } from "../../src/index.ts";
import { cause, codeOf, openTestStore } from "../open-store.ts";
import type { OpenStore } from "../open-store.ts";

let opened: OpenStore;
beforeEach(async () => void (opened = await openTestStore()));
afterEach(() => opened.end());

const describe = (name: string, more: Partial<EntityInput> = {}) =>
  opened.write((unit) =>
    opened.store.entities.describe(unit, { workspaceId: "w", name, entityType: "person", ...more }, cause),
  );

test("[S54] an entity is described, found by its name, and told again only when there is news", async () => {
  const first = await describe("Ann  Lee", { observations: ["likes tea", "Likes  tea"], summary: "a friend" });
  expect(first).toMatchObject({ isNew: true, added: ["likes tea"], maybeSameAs: [] });
  expect(first.entity).toMatchObject({ id: "e1", name: "Ann  Lee", summary: "a friend", version: 1, confidence: 1 });
  const again = await describe("ann lee", { entityType: "Person", observations: ["LIKES TEA"], summary: "a friend" });
  expect(again).toMatchObject({ isNew: false, added: [], entity: first.entity });
  opened.clock.advance(10);
  const more = await describe("ANN LEE", { observations: ["has a dog"], significance: 0.9 });
  expect(more.entity).toMatchObject({ id: "e1", name: "Ann  Lee", version: 2, significance: 0.9 });
  expect(more.entity.observations.map(({ text }) => text)).toEqual(["likes tea", "has a dog"]);
  expect(
    opened.store.events.readAfter("w", 0, 10).map(({ eventType, payload }) => [eventType, payload["observations"]]),
  ).toEqual([
    ["entity_described", 1],
    ["entity_described", 1],
  ]);
  expect(opened.store.entities.open("w", ["ann lee", "nobody"])).toEqual([more.entity]);
  expect(opened.store.entities.get("v", "e1")).toBeUndefined();
  expect(await codeOf(() => describe("x", { workspaceId: "none" }))).toBe("UNKNOWN_WORKSPACE");
});
