import { createSeededRandom } from "@kingly/runtime/testing";
import type { Database } from "@kingly/sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createStore } from "../src/index.ts";
import { openTestStore } from "./open-store.ts";
import type { OpenStore } from "./open-store.ts";

let opened: OpenStore;
beforeEach(async () => void (opened = await openTestStore()));
afterEach(() => opened.end());

const say = (utteranceId: string, text: string, at: number, workspaceId = "w"): Promise<unknown> =>
  opened.write((unit) =>
    opened.store.events.append(
      unit,
      workspaceId,
      {
        eventType: "utterance_recorded",
        entityType: "utterance",
        entityId: utteranceId,
        payload: { utterance_id: utteranceId, text, at },
      },
      { origin: "user" },
    ),
  );
const answer = (utteranceId: string, text: string, at: number): Promise<unknown> =>
  opened.write((unit) =>
    opened.store.events.append(
      unit,
      "w",
      {
        eventType: "reply",
        // What the app calls the entity does not matter: the payload names the utterance.
        entityType: "reply",
        entityId: `reply-${at}`,
        payload: { utterance_id: utteranceId, text, by: "reflex", state: "heard", at },
      },
      { origin: "reflex" },
    ),
  );

test("[S27] the conversation is read from the log: turns oldest first, each with its replies in order", async () => {
  await say("u1", "hello", 1000);
  await answer("u1", "hi", 1001);
  await say("u2", "later", 3000);
  await say("u0", "recorded late, said before", 500);
  await answer("u1", "done", 4000);
  await say("u9", "elsewhere", 2000, "v");
  const { conversation } = opened.store;
  expect(conversation.read("w").map(({ utteranceId }) => utteranceId)).toEqual(["u0", "u1", "u2"]);
  expect(conversation.read("w", { fromMs: 1000, toMs: 3000 })).toEqual([
    {
      utteranceId: "u1",
      text: "hello",
      atMs: 1000,
      replies: [
        { text: "hi", by: "reflex", state: "heard", atMs: 1001 },
        { text: "done", by: "reflex", state: "heard", atMs: 4000 },
      ],
    },
  ]);
  expect(conversation.read("w", { limit: 2 }).map(({ utteranceId }) => utteranceId)).toEqual(["u1", "u2"]);
  expect(conversation.read("v").map(({ text }) => text)).toEqual(["elsewhere"]);
  expect(conversation.read("none")).toEqual([]);
});

test("[S27] both queries walk an index and never the log", async () => {
  await say("u1", "hello", 1000);
  const asked: string[] = [];
  const { database, clock } = opened;
  const listening: Database = {
    ...database,
    all: (sql, ...parameters) => {
      asked.push(sql);
      return database.all(sql, ...parameters);
    },
  };
  createStore({ database: listening, clock, random: createSeededRandom(1) }).conversation.read("w");
  const plans = asked.map((sql) =>
    database
      .all<{ detail: string }>(
        `EXPLAIN QUERY PLAN ${sql}`,
        ...Array.from({ length: sql.split("?").length - 1 }, () => 1),
      )
      .map(({ detail }) => detail)
      .join("; "),
  );
  expect(plans).toHaveLength(2);
  expect(plans[0]).toMatch(/USING INDEX events_utterances/);
  expect(plans[1]).toMatch(/USING INDEX events_replies/);
  expect(plans.join()).not.toMatch(/TEMP B-TREE|SCAN/);
});
