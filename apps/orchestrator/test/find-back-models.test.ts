import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createSystemClock } from "@kingly/runtime";
import { createMemoryLog } from "@kingly/runtime/testing";
import { expect, test } from "vitest";
import { findBackModels } from "../src/mind/find-back-models.ts";

const refuse = (): Promise<never> => Promise.reject(new Error("no network"));
const find = (environment: Readonly<Record<string, string>>, ask: typeof fetch = refuse) =>
  findBackModels({ clock: createSystemClock(), log: createMemoryLog(), fetch: ask }, environment);

test("[O53] without a setting the first model of the environment joins in, within a day's limit, and none is no fault", async () => {
  expect(await find({})).toEqual([]);
  expect(await find({ ANTHROPIC_API_KEY: "sk-canary", OPENAI_API_KEY: "sk-other", OPENAI_MODEL: "o" })).toEqual([
    { name: "claude-sonnet-5-5", provider: "anthropic", model: "claude-sonnet-5-5", maxUsdPerDay: 2 },
  ]);
  expect(await find({ KINGLY_MODEL_URL: "http://127.0.0.1:9/v1", KINGLY_MODEL: "own", KINGLY_MODEL_KEY: "k" })).toEqual(
    [
      {
        name: "own",
        provider: "openai-compatible",
        model: "own",
        baseUrl: "http://127.0.0.1:9/v1",
        apiKeyEnv: "KINGLY_MODEL_KEY",
        maxUsdPerDay: 2,
      },
    ],
  );
});

test("[O53] KINGLY_MODELS=off looks for none, and a server that is no model's is none", async () => {
  expect(await find({ KINGLY_MODELS: "off", ANTHROPIC_API_KEY: "sk-canary" })).toEqual([]);
  const server = createServer((_, response) => response.end("<h1>Hello</h1>"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  expect(await find({ KINGLY_MODEL_URL: `http://127.0.0.1:${port}/v1` }, fetch)).toEqual([]);
  server.close();
});
