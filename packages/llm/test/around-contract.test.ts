import { createMemoryLog, createSeededRandom } from "@kingly/runtime/testing";
import {
  createBudget,
  createFailover,
  createRouter,
  createScriptedModel,
  recordModel,
  withBreaker,
  withBudget,
  withRetry,
} from "../src/index.ts";
import { failure } from "./around-house.ts";
import { describeModelContract } from "./contract/model-contract.ts";

// All that stands around a model, one around the other, with a model before it that always fails: the rules still hold.
describeModelContract("a model with everything around it", async ({ clock }, reply) => {
  const deps = { clock, log: createMemoryLog(), random: createSeededRandom(3) };
  const rest = reply.hangs ? ([{ kind: "wait", waitMs: 1e12 }] as const) : [];
  const scripted = createScriptedModel(deps, [{ reply: [...reply.events, ...rest] }]);
  const away = createScriptedModel(deps, [{ reply: failure("bad_request"), times: Infinity }], { name: "away" });
  const store = { read: async () => undefined, write: async () => {} };
  const budget = createBudget(deps, { window: { windowMs: 60_000, maxTokens: 100_000 } });
  const guarded = withBudget(withBreaker(withRetry(recordModel(scripted, { clock, store }), deps), deps), budget);
  const router = createRouter(deps, { routes: [{ purposes: ["*"], models: [createFailover(deps, [away, guarded])] }] });
  return { model: router, requestCount: () => away.requests.length, close: async () => {} };
});
