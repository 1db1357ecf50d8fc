import { createSystemClock } from "@kingly/runtime";
import { createMemoryLog } from "@kingly/runtime/testing";
import { expect, test } from "vitest";
import { createLateFrontModel } from "../src/front-model/late-front-model.ts";
import { until } from "./house.ts";

const deps = (environment: Readonly<Record<string, string>>) => ({
  clock: createSystemClock(),
  log: createMemoryLog(),
  // Nothing on this machine and nothing outside is asked here.
  fetch: () => Promise.reject(new Error("no network")),
  environment,
});

test("[G80][G82] without a setting the model of the environment joins in, and one who is not there is not missed", async () => {
  const found = createLateFrontModel(undefined);
  expect([found.state(), found.channel.isReady?.()]).toEqual([undefined, false]);
  await found.load(deps({ KINGLY_MODEL_URL: "http://127.0.0.1:9/v1", KINGLY_MODEL: "own" }));
  await until(() => found.channel.isReady?.() === true);
  expect(found.state()).toMatchObject({ state: "ready", name: "own" });
  const none = createLateFrontModel(undefined);
  await none.load(deps({}));
  expect([none.state(), none.channel.isReady?.()]).toEqual([undefined, false]);
});

test("[G80][G81] off looks for nothing; what is configured is told while it is opened, and missed when it is not there", async () => {
  const off = createLateFrontModel("off");
  await off.load(deps({ KINGLY_MODEL_URL: "http://127.0.0.1:9/v1", KINGLY_MODEL: "own" }));
  expect([off.state(), off.channel.isReady?.()]).toEqual([undefined, false]);
  const asked = createLateFrontModel({ provider: "anthropic" });
  expect(asked.state()).toMatchObject({ state: "opening" });
  await asked.load(deps({}));
  await until(() => asked.state()?.state === "missing");
  const ended: unknown[] = [];
  for await (const event of asked.channel.think({ text: "Hi", untrusted: [] })) ended.push(event);
  expect(ended).toEqual([{ kind: "ended", why: "failed", unread: 0 }]);
});
