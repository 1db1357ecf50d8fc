import { createManualClock } from "@kingly/runtime/testing";
import { expect, test } from "vitest";
import type { ElicitationAnswer, ElicitationRequest, OnElicitation } from "../src/servers/index.ts";
import { fixtureEntry, keepHouse, openHouse } from "./house.ts";

keepHouse();

const open = (onElicitation?: OnElicitation, more: Parameters<typeof openHouse>[1] = {}) =>
  openHouse(
    { asking: fixtureEntry("asking-server.ts") },
    { ...(onElicitation === undefined ? {} : { onElicitation }), ...more },
  );
const schemaOf = (properties: Record<string, unknown>, required: readonly string[] = []) => ({
  type: "object",
  properties,
  required,
});
/** What the server was told when it asked. */
const ask = async (house: ReturnType<typeof open>, args: Record<string, unknown>): Promise<unknown> => {
  const outcome = await house.add({ tool: "ask", args, kind: "write" });
  if (outcome.status !== "ok") return outcome;
  const [{ text }] = outcome.result.content as [{ text: string }];
  return text.startsWith("{") ? JSON.parse(text) : text;
};

test("[M49] without a handler a server is told that nobody can be asked; with one, that forms can be", async () => {
  const abilities = async (house: ReturnType<typeof open>): Promise<unknown> =>
    (
      await house.servers.caller.callTool(
        { server: "asking", tool: "abilities", args: {} },
        { signal: new AbortController().signal, timeoutMs: 10_000, onProgress: () => {} },
      )
    ).content;
  const said = (value: object) => [{ type: "text", text: JSON.stringify(value) }];
  expect(await abilities(open())).toEqual(said({}));
  const house = open(async () => ({ action: "decline" }));
  expect(await abilities(house)).toEqual(said({ elicitation: { form: {} } }));
  expect(await ask(open(), { message: "?", requestedSchema: schemaOf({}) })).toMatch(/^refused/);
  const url = { mode: "url", message: "?", elicitationId: "1", url: "https://evil.example/login" };
  expect(await ask(house, url)).toMatch(/^refused.*URL-mode/);
});

test("[M49] the handler sees cleaned words, fields and their defaults; what it leaves out is the default", async () => {
  const seen: ElicitationRequest[] = [];
  const house = open(async (server, request) => {
    seen.push(request);
    return { action: "accept", content: { city: server, "not asked for": "stays here" } };
  });
  const properties = {
    city: { type: "string", title: "Ci\u001b[31mty" },
    nights: { type: "integer", default: 2, minimum: 1 },
    note: { type: "string" },
    apiKey: { type: "string" },
    word: { type: "string", description: "Your pass\u202eword of the bank" },
  };
  const message = `Where\u0007 to? ${"x".repeat(5_000)}`;
  expect(await ask(house, { message, requestedSchema: schemaOf(properties, ["city"]) })).toEqual({
    action: "accept",
    content: { city: "asking", nights: 2 },
  });
  const [request] = seen;
  expect(request?.message).toHaveLength(4_000);
  expect(request?.message).toMatch(/^Where to\? x/);
  // The batcher sends arguments with their names in order.
  expect(request?.fields).toMatchObject([
    { name: "apiKey", looksSecret: true },
    { name: "city", title: "City", isRequired: true, looksSecret: false },
    { name: "nights", default: 2, isRequired: false },
    { name: "note" },
    { name: "word", looksSecret: true },
  ]);
});

test("[M49] an answer that does not fit what was asked, a handler that throws, and a no are told as such", async () => {
  const answers: (() => Promise<ElicitationAnswer>)[] = [
    async () => ({ action: "accept", content: { nights: "many" } }),
    async () => ({ action: "accept", content: {} }),
    async () => {
      throw new Error("no");
    },
    async () => ({ action: "decline" }),
    async () => ({ action: "cancel" }),
  ];
  const house = open(async () => (answers.shift() as () => Promise<ElicitationAnswer>)());
  const requestedSchema = schemaOf({ nights: { type: "integer" } }, ["nights"]);
  const told: unknown[] = [];
  for (let time = 0; time < 5; time += 1) told.push(await ask(house, { message: "?", requestedSchema }));
  expect(told).toEqual(["cancel", "cancel", "cancel", "decline", "cancel"].map((action) => ({ action })));
});

test("[M49] what makes no sense, or is more than four at once, is declined without the handler", async () => {
  let asked = 0;
  const { promise: enough, resolve } = Promise.withResolvers<ElicitationAnswer>();
  const { promise: four, resolve: isFour } = Promise.withResolvers<void>();
  const house = open(
    () => {
      asked += 1;
      if (asked === 4) isFour();
      return enough;
    },
    { batcher: { concurrency: 8 } },
  );
  const names = Array.from({ length: 33 }, (_, index) => [`field${index}`, { type: "string" }]);
  expect(await ask(house, { message: "?", requestedSchema: schemaOf(Object.fromEntries(names)) })).toEqual({
    action: "decline",
  });
  const properties = { a: { type: "string" } };
  const waiting = [1, 2, 3, 4].map(() => ask(house, { message: "?", requestedSchema: schemaOf(properties) }));
  await four;
  expect(await ask(house, { message: "?", requestedSchema: schemaOf(properties) })).toEqual({ action: "decline" });
  resolve({ action: "cancel" });
  expect(await Promise.all(waiting)).toEqual([1, 2, 3, 4].map(() => ({ action: "cancel" })));
  expect(asked).toBe(4);
});

test("[M49] nobody answers for elicitationTimeoutMs: the question ends as cancelled, and its signal says so", async () => {
  const clock = createManualClock();
  const { promise: seen, resolve } = Promise.withResolvers<AbortSignal>();
  const house = open(
    (_server, _request, signal) => {
      resolve(signal);
      return new Promise(() => {});
    },
    { clock, elicitationTimeoutMs: 5_000 },
  );
  const told = ask(house, { message: "?", requestedSchema: schemaOf({ a: { type: "string" } }) });
  const signal = await seen;
  clock.advance(4_999);
  expect(signal.aborted).toBe(false);
  clock.advance(1);
  expect(signal.aborted).toBe(true);
  expect(await told).toEqual({ action: "cancel" });
});
