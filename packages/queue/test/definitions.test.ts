import { afterEach, beforeEach, expect, expectTypeOf, test } from "vitest";
import { migrateQueue, defineJobs, isQueueError, openQueue } from "../src/index.ts";
import type { Job, Queue } from "../src/index.ts";
import { openDatabase } from "@kingly/sqlite";
import type { Database } from "@kingly/sqlite";
import { createManualClock, createSeededRandom } from "@kingly/runtime/testing";
import { codeOf, settle } from "./harness.ts";

const jobs = defineJobs({
  brew: {
    payload: {
      type: "object",
      properties: {
        tea: { type: "string" },
        cups: { type: "integer", minimum: 1 },
        how: { enum: ["strong", "mild"] },
        with: {
          type: "array",
          items: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
        },
        spoon: { anyOf: [{ type: "boolean" }, { type: "null" }] },
      },
      required: ["tea", "cups"],
      additionalProperties: false,
    },
    result: { type: "object", properties: { poured: { type: "number" } }, required: ["poured"] },
    concurrency: 2,
    maxAttempts: 7,
    priority: 5,
  },
  wash: {},
});

type Jobs = typeof jobs extends { readonly types?: infer T }
  ? T extends { readonly jobs: infer J }
    ? J
    : never
  : never;

let database: Database;
let queue: Queue<Jobs, { readonly brew: { readonly poured: number }; readonly wash: unknown }>;
beforeEach(async () => {
  database = openDatabase({ path: ":memory:" });
  await migrateQueue(database);
  queue = await openQueue(
    { database, clock: createManualClock(), random: createSeededRandom(1), jobs },
    { heartbeatThread: false, wakesOthers: false },
  );
});
afterEach(async () => {
  await queue.close({ deadlineMs: 0, graceMs: 0 });
  await database.close();
});

test("[Q27] payload and result types are inferred from the schemas, without any", async () => {
  queue.work({
    brew: async (job) => {
      expectTypeOf(job).toEqualTypeOf<
        Job<
          {
            readonly tea: string;
            readonly cups: number;
            readonly how?: "strong" | "mild" | undefined;
            readonly with?: readonly { readonly name: string }[] | undefined;
            readonly spoon?: boolean | null | undefined;
          },
          "brew"
        >
      >();
      return { result: { poured: job.payload.cups } };
    },
    wash: async (job) => {
      expectTypeOf(job.payload).toEqualTypeOf<unknown>();
    },
  });
  const { id } = await database.write((unit) => queue.add(unit, { type: "brew", payload: { tea: "Assam", cups: 2 } }));
  await settle();
  expect(queue.get(id)).toMatchObject({ status: "completed", result: { poured: 2 }, maxAttempts: 7, priority: 5 });
  // @ts-expect-error a payload of another shape does not compile
  expect(await codeOf(() => database.write((unit) => queue.add(unit, { type: "brew", payload: { tea: 1 } })))).toBe(
    "BAD_PAYLOAD",
  );
});

test("[Q27] a payload that does not fit its schema is refused with the pointer to the fault", async () => {
  const bad: (readonly [object, string])[] = [
    [{ tea: "Assam" }, "/ must have required property 'cups'"],
    [{ tea: 7, cups: 1 }, "/tea must be string"],
    [{ tea: "Assam", cups: 0 }, "/cups must be >= 1"],
    [{ tea: "Assam", cups: 1, with: [{ name: "milk" }, { name: 2 }] }, "/with/1/name must be string"],
    [{ tea: "Assam", cups: 1, more: 1 }, "/ must NOT have additional properties"],
  ];
  await database.write((unit) => {
    for (const [payload, place] of bad) {
      let thrown: unknown;
      try {
        queue.add(unit, { type: "brew", payload: payload as never });
      } catch (error) {
        thrown = error;
      }
      expect(isQueueError(thrown) && thrown.code).toBe("BAD_PAYLOAD");
      expect(String(thrown)).toContain(place);
    }
  });
  expect(queue.counts().pending).toBe(0);
});

test("[Q27] an undefined type is refused; a type without a schema takes any JSON", async () => {
  expect(await codeOf(() => database.write((unit) => queue.add(unit, { type: "cook" as "wash", payload: 1 })))).toBe(
    "BAD_JOB",
  );
  await database.write((unit) => queue.add(unit, { type: "wash", payload: [1, "two"] }));
  expect(queue.counts("wash").pending).toBe(1);
});

test("[Q27] definitions are checked when they are made, a broken schema when it is first used", async () => {
  expect(await codeOf(() => defineJobs({ a: { concurrency: 0 } }))).toBe("BAD_OPTION");
  expect(await codeOf(() => defineJobs({ a: { rate: { max: 1, windowMs: 0 } } }))).toBe("BAD_OPTION");
  expect(await codeOf(() => defineJobs({ "": {} }))).toBe("BAD_OPTION");
  const broken = defineJobs({ a: { payload: { type: "object", properties: 7 } } });
  const other = await openQueue(
    { database, clock: createManualClock(), random: createSeededRandom(1), jobs: broken },
    { owner: "other", heartbeatThread: false, wakesOthers: false },
  );
  expect(await codeOf(() => database.write((unit) => other.add(unit, { type: "a", payload: {} as never })))).toBe(
    "BAD_SCHEMA",
  );
  await other.close();
});

test("[Q39] a result is kept with its job; one that does not fit or is not JSON is a failed attempt", async () => {
  const given: unknown[] = [{ poured: "much" }, { poured: 1, at: new Date(0) }, { poured: 3 }];
  queue.work({
    brew: async () => ({ result: given.shift() as { poured: number } }),
    wash: async () => ({ finish: (unit) => void unit.run("SELECT 1"), result: "clean" }),
  });
  const { id } = await database.write((unit) =>
    queue.add(unit, { type: "brew", payload: { tea: "x", cups: 1 }, maxAttempts: 1 }),
  );
  await settle();
  expect(queue.get(id)).toMatchObject({ status: "dead", result: null });
  expect(queue.get(id)?.error).toContain("/poured must be number");
  const second = await database.write((unit) =>
    queue.add(unit, { type: "brew", payload: { tea: "x", cups: 1 }, maxAttempts: 1 }),
  );
  await settle();
  expect(queue.get(second.id)?.error).toContain("$.at is a Date");
  const [third, washed] = await database.write((unit) =>
    queue.addMany(unit, [
      { type: "brew", payload: { tea: "x", cups: 1 } },
      { type: "wash", payload: null },
    ]),
  );
  await settle();
  expect(queue.get(third?.id ?? 0)?.result).toEqual({ poured: 3 });
  expect(queue.get(washed?.id ?? 0)?.result).toBe("clean");
});
