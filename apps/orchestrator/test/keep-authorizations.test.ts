import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createMemoryLog } from "@kingly/runtime/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { authorizeByHand } from "../src/servers/authorize-by-hand.ts";
import { keepAuthorizations } from "../src/servers/keep-authorizations.ts";
import { makeHome } from "./harness.ts";

let home: string;
beforeEach(() => void (home = makeHome()));
afterEach(() => rmSync(home, { recursive: true, force: true }));
const tokens = { access_token: "a-token-of-a-test", token_type: "Bearer" };

test("[O85] a file that was left half written does not lend its mode to the tokens", () => {
  const path = join(home, "authorizations.json");
  writeFileSync(`${path}.next`, "{", { mode: 0o644 });
  void keepAuthorizations(home, createMemoryLog()).set("far", { serverUrl: "https://far.example/", tokens });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8")).toContain(tokens.access_token);
});

test("[O85] what cannot be written does not count: a sign-out that failed has not forgotten, and can be done again", () => {
  const path = join(home, "authorizations.json");
  const store = keepAuthorizations(home, createMemoryLog());
  void store.set("far", { serverUrl: "https://far.example/", tokens });
  mkdirSync(`${path}.next`);
  for (let time = 0; time < 2; time += 1) expect(() => store.set("far", undefined)).toThrow("authorizations.json");
  expect(store.get("far")).toMatchObject({ tokens });
  rmSync(`${path}.next`, { recursive: true });
  void store.set("far", undefined);
  expect([store.get("far"), readFileSync(path, "utf8")]).toEqual([undefined, "{}\n"]);
});

test("[O85] a file whose parts somebody changed does not keep the house from starting", () => {
  const parts = [null, "x", 7, [], {}];
  const servers = parts.flatMap((part) => [part, { tokens: part }, { pending: part }, { client: part }]);
  const file = Object.fromEntries([...servers, { tokens }].map((server, at) => [`s${at}`, server]));
  writeFileSync(join(home, "authorizations.json"), JSON.stringify(file));
  const learnt: string[] = [];
  keepAuthorizations(home, createMemoryLog()).onSecrets((secrets) => void learnt.push(...secrets));
  expect(learnt).toEqual([tokens.access_token]);
});

test("[O87] who waits for a consent does not ask again at once where the answer is neither one nor none", async () => {
  const asked: string[] = [];
  const server = createServer(({ method = "" }, response) => {
    asked.push(method);
    const isFirst = asked.length === 1;
    const state = { server: "far", status: "needs-auth", authorizationUrl: "https://far.example/consent" };
    response.writeHead(isFirst ? 200 : 401).end(isFirst ? JSON.stringify(state) : "Another token, please.");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await expect(authorizeByHand({ port, token: "old", say: () => {} }, "far")).rejects.toThrow("Another token, please.");
  expect(asked).toEqual(["POST", "GET", "POST"]);
  server.close();
});
