// The embedder of the settings, against a server of this machine that speaks POST /v1/embeddings.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSystemClock } from "@kingly/runtime";
import { createMemoryLog } from "@kingly/runtime/testing";
import { afterEach, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { openEmbedder } from "../src/embedder-setting.ts";
import type { EmbedderSetting } from "../src/embedder-setting.ts";
import { endHouse, makeHome, openHouse } from "./harness.ts";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A server whose vectors say how long a text is; it refuses who has no key. */
async function serve(key: string): Promise<{ readonly baseUrl: string; readonly asked: string[]; refuses: boolean }> {
  const state = { baseUrl: "", asked: [] as string[], refuses: false };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => void (body += part.toString()));
    request.on("end", () => {
      if (request.headers.authorization !== `Bearer ${key}` || state.refuses) {
        return void response.writeHead(401).end('{"error":"no"}');
      }
      const { input, model } = JSON.parse(body) as { input: string[]; model: string };
      state.asked.push(`${request.url ?? ""} ${model}`);
      const data = input.map((text, index) => ({
        index,
        embedding: Array.from({ length: 64 }, (_, at) => (text.includes("roof") ? at + 1 : 64 - at)),
      }));
      return void response.setHeader("content-type", "application/json").end(JSON.stringify({ data }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  state.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  ends.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return state;
}

const open = (setting: EmbedderSetting, keys: Readonly<Record<string, string>>) => {
  const log = createMemoryLog();
  const embedder = openEmbedder({ clock: createSystemClock(), log, keyOf: (name) => keys[name] }, setting);
  return { log, embedder };
};
const settingOf = (baseUrl: string): EmbedderSetting => ({
  provider: "openai-compatible",
  baseUrl,
  model: "little",
  apiKeyEnv: "LITTLE_KEY",
  dimensions: 64,
});

test("[O69][O34] a memory that matters goes to the endpoint of the settings by memory_sync, also one from before", async () => {
  const server = await serve("k-1");
  let house = await openHouse();
  await house.say("ms#M0:roof|the roof is red");
  await house.idle();
  await house.close();
  const embedder = await open(settingOf(server.baseUrl), { LITTLE_KEY: "k-1" }).embedder;
  if (embedder === undefined) throw new Error("no embedder");
  house = await openHouse({ home: house.home, embedder });
  await house.say("ms#M1:wall|the wall is white");
  await house.until("the sync", () => house.linesOf("M1").includes("su#M1:memory:wall|synced|1"));
  expect(server.asked[0]).toBe("/v1/embeddings little");
  expect(await house.back.store.memory.embedAll()).toMatchObject({ waiting: 0, failure: undefined });
  await endHouse(house);
});

test(
  "[O69] an endpoint that fails stops nothing: the memory stands and is found by its words",
  { timeout: 60_000 },
  async () => {
    const server = await serve("k-1");
    server.refuses = true;
    const embedder = await open(settingOf(server.baseUrl), { LITTLE_KEY: "k-1" }).embedder;
    if (embedder === undefined) throw new Error("no embedder");
    const house = await openHouse({ embedder });
    await house.say("ms#M1:wall|the wall is white");
    await house.until("the memory", () => house.linesOf("M1").some((line) => line.startsWith("me#")));
    const found = await house.back.store.heavy.memory.hybrid("default", "white wall", { limit: 3 });
    expect(found.map(({ memory }) => memory.key)).toEqual(["wall"]);
    await endHouse(house);
  },
);

test("[O69] without its key there is no embedder, and a warning that names the variable", async () => {
  const { embedder, log } = open(settingOf("http://127.0.0.1:9/v1"), {});
  expect(await embedder).toBeUndefined();
  expect(log.entries).toMatchObject([{ level: "warn", fields: { set: "LITTLE_KEY" } }]);
});

test("[O69][O72] the settings take https and this machine only; anything else ends the start with its place", () => {
  const read = (file: unknown) => {
    const home = makeHome();
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, "kingly.config.json"), JSON.stringify(file));
    return readConfig(home, home);
  };
  const embedder = (baseUrl: string, more: object = {}) =>
    read({ embedder: { provider: "openai-compatible", baseUrl, model: "m", ...more } });
  for (const url of [
    "https://api.example.com/v1",
    "http://127.0.0.1:11434/v1",
    "http://localhost/v1",
    "http://[::1]:8080",
  ]) {
    expect(embedder(url), `for ${url}`).toMatchObject({ ok: true, config: { embedder: { baseUrl: url } } });
  }
  for (const url of [
    "http://example.com/v1",
    "http://127.0.0.1.example.com/v1",
    "https://me:secret@example.com",
    "ftp://x",
  ]) {
    expect(embedder(url), `for ${url}`).toMatchObject({
      ok: false,
      message: expect.stringContaining("/embedder/baseUrl") as string,
    });
  }
  expect(embedder("https://x.example/v1", { dimensions: 100 })).toMatchObject({ ok: false });
  expect(embedder("https://x.example/v1", { apiKey: "secret" })).toMatchObject({ ok: false });
  expect(read({ suggestions: false })).toMatchObject({ ok: true, config: { suggestions: false } });
  expect(read({ suggestions: "no" })).toMatchObject({ ok: false });
});
