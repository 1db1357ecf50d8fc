import { join } from "node:path";
import { createManualClock, createSeededRandom } from "@kingly/runtime/testing";
import { afterEach, expect, test } from "vitest";
import { createServerQuestions } from "../src/servers/server-questions.ts";
import { endHouse, openHouse } from "./harness.ts";
import type { House } from "./harness.ts";

let house: House | undefined;
afterEach(async () => {
  if (house !== undefined) await endHouse(house);
  house = undefined;
});

interface Card {
  readonly id: string;
  readonly title: string;
  readonly message: string;
  readonly arguments: unknown;
}
const open = async (): Promise<House> => {
  const entry = { command: process.execPath, args: [join(import.meta.dirname, "fixtures/asking-server.ts")] };
  house = await openHouse({ mcpServers: { asking: entry } });
  return house;
};
const properties = {
  nights: { type: "integer", default: 2 },
  city: { type: "string", default: "Ghent" },
  note: { type: "string" },
};
const form = (more: object = {}, required: readonly string[] = []) => ({
  message: "Book\u0007 it like this?",
  requestedSchema: { type: "object", properties: { ...properties, ...more }, required },
});
/** Calls the tool that asks; gives what it was told. */
const ask = async ({ back }: House, args: Record<string, unknown>): Promise<unknown> => {
  const outcome = await back.batcher.add({ server: "asking", tool: "ask", args, kind: "write" });
  if (outcome.status !== "ok") return outcome;
  return JSON.parse((outcome.result.content as [{ text: string }])[0].text);
};
const cards = async (here: House, workspace = "default"): Promise<readonly Card[]> => {
  const answer = await here.answer("workflows", {}, workspace);
  return answer.ok ? (answer.value as { readonly asks: readonly Card[] }).asks : [];
};
const waiting = async (here: House): Promise<Card> => {
  await here.until("a question waits", (told) =>
    told.some(({ line }) => /su:question\..*\|waiting_approval\|0/.test(line)),
  );
  const [card] = await cards(here);
  if (card === undefined) throw new Error("no card");
  return card;
};

test("[O89] a server's question is a card with exactly what a yes would give it; yes gives that, and nothing else", async () => {
  const here = await open();
  const told = ask(here, form());
  const card = await waiting(here);
  expect(card).toEqual({
    id: expect.stringMatching(/^question\.asking\.[0-9a-f]{16}$/),
    title: "Question of asking",
    message: "asking asks: Book it like this?",
    arguments: { nights: 2, city: "Ghent" },
  });
  await here.back.database.write((unit) => here.back.store.workspaces.ensure(unit, { id: "other", name: "Other" }));
  expect(await cards(here, "other")).toEqual([]);
  // Not by a model, not from elsewhere, not by another hash.
  await here.say(`ap#A1:${card.id}|yes`, { origin: "model" });
  await here.say(`ap#A2:${card.id}|yes`, { workspaceId: "other" });
  await here.say(`ap#A3:${card.id.slice(0, -16)}${"0".repeat(16)}|yes`);
  expect(here.linesOf("A1")[0]).toContain("not_a_person");
  expect(here.linesOf("A3")[0]).toContain("nothing_to_approve");
  await here.say(`ap#A4:${card.id}|yes`);
  expect(await told).toEqual({ action: "accept", content: { nights: 2, city: "Ghent" } });
  expect(here.linesOf("A4")).toEqual([`su#A4:${card.id}:decision|queued|0`, `su#A4:${card.id}:decision|completed|1`]);
  expect(await cards(here)).toEqual([]);
  await here.say(`ap#A5:${card.id}|yes`);
  expect(here.linesOf("A5")[0]).toContain("nothing_to_approve");
});

test("[O89] a no declines", async () => {
  const here = await open();
  const told = ask(here, form());
  await here.say(`ap#A1:${(await waiting(here)).id}|no`);
  expect(await told).toEqual({ action: "decline" });
});

test("[O89] a question that yes or no does not answer, or that wants a secret, is declined, and told as what it was", async () => {
  const here = await open();
  expect(await ask(here, form({ name: { type: "string" } }, ["name"]))).toEqual({ action: "decline" });
  expect(await ask(here, form({ apiKey: { type: "string", default: "x" } }))).toEqual({ action: "decline" });
  const told = await here.until(
    "both are told",
    (lines) => lines.filter(({ line }) => line.startsWith("er:")).length === 2,
  );
  expect(told.map(({ line }) => line)).toEqual([
    "er:server_question|The server asking asked: Book it like this?|It was declined: it wants name, which cannot be said with yes or no.",
    "er:server_question|The server asking asked: Book it like this?|It was declined: it asks for apiKey, which looks like a secret.",
  ]);
  expect(await cards(here)).toEqual([]);
});

test("[O89] a question that nobody waits for any more is gone from the cards, and told so", async () => {
  const here = await open();
  const leaving = new AbortController();
  const outcome = here.back.batcher.add({
    server: "asking",
    tool: "ask",
    args: form(),
    kind: "write",
    signal: leaving.signal,
  });
  const card = await waiting(here);
  leaving.abort();
  expect((await outcome).status).toBe("cancelled");
  await here.servers.remove("asking");
  await here.until("it is gone", (told) => told.some(({ line }) => line === `su:${card.id}|cancelled|1`));
  expect(await cards(here)).toEqual([]);
});

test("[O89] the same question asked twice has two ids: a decision about one is none about the other", async () => {
  const told: string[] = [];
  const clock = createManualClock();
  const questions = createServerQuestions({ clock, random: createSeededRandom(1) }, ({ kind }) => void told.push(kind));
  const request = { message: "Go on?", fields: [] };
  const { signal } = new AbortController();
  const [first, second] = [questions.ask("far away", request, signal), questions.ask("far away", request, signal)];
  const [one, two] = questions.list();
  expect(one?.id).toMatch(/^question\.far_away\./);
  expect(two?.id).not.toBe(one?.id);
  questions.decide(one?.id ?? "", "approved");
  questions.decide(one?.id ?? "", "rejected");
  questions.decide(two?.id ?? "", "rejected");
  expect(await Promise.all([first, second])).toEqual([{ action: "accept", content: {} }, { action: "decline" }]);
  expect(told).toEqual(["waiting", "waiting"]);
  // One that asks for ever is not heard for ever, and others are.
  for (let time = 2; time < 20; time += 1) void questions.ask("far away", request, signal);
  expect(await questions.ask("far away", request, signal)).toEqual({ action: "decline" });
  expect([told.length, questions.list().length]).toEqual([20, 18]);
  void questions.ask("near", request, signal);
  clock.advance(3_600_000);
  void questions.ask("far away", request, signal);
  expect(told).toHaveLength(22);
});

test("[O89] the same question after a start in between has another id: a decision that comes late is about none", () => {
  const ids = [1, 2].map((seed) => {
    const questions = createServerQuestions({ clock: createManualClock(), random: createSeededRandom(seed) }, () => {});
    void questions.ask("far", { message: "Go on?", fields: [] }, new AbortController().signal);
    return questions.list()[0]?.id;
  });
  expect(ids[0]).not.toBe(ids[1]);
});

test("[O89] questions too long to be shown are declined, so that they do not hide the cards of others", async () => {
  const here = await open();
  const long = { note: { type: "string", default: "x".repeat(70_000) } };
  expect(await ask(here, form(long))).toEqual({ action: "decline" });
  const half = { note: { type: "string", default: "\u4e00".repeat(4_000) } };
  const told = ask(here, form(half));
  const card = await waiting(here);
  expect(await ask(here, form(half))).toEqual({ action: "decline" });
  expect((await cards(here)).map(({ id }) => id)).toEqual([card.id]);
  expect(JSON.stringify(here.told())).toContain("it is too long to be shown beside those that wait");
  await here.say(`ap#A1:${card.id}|yes`);
  expect(await told).toMatchObject({ action: "accept", content: { note: half.note.default } });
});
