// Predictions over a real log: learned behind the commits, told once for the newest turn, made again after a restart.
import type { Clock } from "@kingly/runtime";
import { createManualClock } from "@kingly/runtime/testing";
import type { ManualClock } from "@kingly/runtime/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openForesight } from "../src/predictions/open-foresight.ts";
import { createPredictions, predictionTimes } from "../src/predictions/predictions.ts";
import type { Prediction, Predictions } from "../src/predictions/predictions.ts";
import { habitsBegin, readHabits } from "../src/predictions/read-habits.ts";
import { endHouse, openHouse } from "./harness.ts";
import type { House } from "./harness.ts";

let clock: ManualClock;
let house: House;
let said: Prediction[];
let predictions: Predictions;
let count = 0;

const follow = (with_: Clock = clock): Predictions => {
  predictions = createPredictions(
    { ...house.back, clock: with_ },
    { offsetMinutes: () => 0, onPrediction: (prediction) => void said.push(prediction) },
  );
  predictions.open("default");
  return predictions;
};
const look = async (): Promise<void> => clock.advanceAsync(predictionTimes.gatherMs);
/** Says something a minute after the last time, and lets it be looked at. */
const say = async (text: string, ...more: readonly string[]): Promise<string> => {
  count += 1;
  clock.advance(60_000);
  const id = `u${count}`;
  await house.say(`ut#U${count}:${id}|${text}||||${clock.nowMs()}|front`, { turnId: id });
  for (const [at, line] of more.entries()) {
    await house.say(line.replace("#", `#W${count}x${at}`), { turnId: id, cid: `W${count}x${at}` });
  }
  await look();
  return id;
};

beforeEach(async () => {
  clock = createManualClock();
  house = await openHouse({ clock, works: false });
  said = [];
  count = 0;
});
afterEach(async () => {
  predictions.close();
  await endHouse(house);
});

test("[O72] what was said is learned after its commit, and what may come next told once, for the newest turn", async () => {
  follow();
  for (const text of ["Good morning", "Show my tasks", "Good morning", "Show my tasks"]) await say(text);
  expect(said).toEqual([]);
  const turn = await say("good morning!");
  expect(said).toMatchObject([
    {
      workspaceId: "default",
      turn: { id: turn },
      items: [{ say: "Show my tasks", why: "The last 2 times, after “good morning!”" }],
    },
  ]);
  // More commits of the same turn, and of nobody's, tell nothing again.
  await house.say("tc#T1:Something else", { turnId: turn });
  await look();
  await house.say("ms#M1:key|value");
  await look();
  await house.say("cl#C1:memory_roof", { turnId: turn });
  await look();
  expect(said).toHaveLength(1);
});

test("[O70][O72] a turn that starts a workflow is that workflow, whatever was said; the last words for it are suggested", async () => {
  follow();
  const start = "wf#:weekly_review|{}";
  const { byId } = house.back.workflows();
  expect([...byId.keys()]).toContain("weekly_review");
  await say("Good morning to you");
  await say("do the weekly review", start);
  await say("Good morning to you");
  await say("weekly review please", start);
  await say("Good morning to you");
  expect(said.at(-1)?.items).toMatchObject([{ key: "wf:weekly_review", say: "weekly review please" }]);
  expect(said.at(-1)?.needs).toEqual([{ kind: "tools", workflowId: "weekly_review" }]);
});

test("[O72] after a restart the same is known, from the log alone; what is history is not told again", async () => {
  follow();
  for (const text of ["open the day", "show my tasks", "open the day", "show my tasks", "open the day"])
    await say(text);
  predictions.close();
  said = [];
  follow();
  await look();
  await look();
  expect(said).toEqual([]);
  expect(predictions.stats()).toMatchObject({ workspaces: 1, turns: 5 });
  await say("show my tasks");
  await say("open the day");
  expect(said.at(-1)?.items[0]).toMatchObject({ say: "show my tasks", why: "The last 3 times, after “open the day”" });
});

test("[O72] of a long log the last utterances are read, a part at a time", async () => {
  for (let at = 0; at < 30; at += 1) {
    count += 1;
    await house.say(`ut#U${count}:u${count}|text ${at}||||${clock.nowMs() + at}|front`, { turnId: `u${count}` });
  }
  const { database, store } = house.back;
  const position = store.events.position("default");
  if (position === undefined) throw new Error("no log");
  const read = (maxSaid: number, maxRows = 1000) =>
    readHabits(
      database,
      "default",
      habitsBegin(database, "default", position, { maxSaid, maxRows }),
      position.head,
    ).map((row) => row.turnId);
  expect(read(3)).toEqual(["u28", "u29", "u30"]);
  expect(read(100)).toHaveLength(30);
  expect(read(100, 2)).toEqual(["u29", "u30"]);
  // Never through the index of one type: a part of the log is a part of the work, whatever it holds.
  const plan = database.all<{ detail: string }>(
    `EXPLAIN QUERY PLAN SELECT seq, event_type, entity_id, turn_id, payload, created_at FROM events
     WHERE workspace_id = 'default' AND seq > 1 AND seq <= 9 AND turn_id IS NOT NULL
     AND (+event_type IN ('utterance_recorded', 'run_described')
       OR (+event_type = 'status_update' AND +entity_type = 'context')) ORDER BY seq`,
  );
  expect(plan.map(({ detail }) => detail).join()).toMatch(
    /^SEARCH events USING INDEX \S+ \(workspace_id=\? AND seq>\? AND seq<\?\)$/,
  );
});

test("[O72] when the process is late, or much happens, nothing is suggested, and all is learned all the same", async () => {
  let lateMs = 0;
  follow({ ...clock, setTimer: (afterMs, fire) => clock.setTimer(afterMs + lateMs, fire) });
  for (const text of ["open the day", "show my tasks", "open the day", "show my tasks"]) await say(text);
  lateMs = predictionTimes.lateMs + 1;
  await say("open the day");
  await clock.advanceAsync(lateMs);
  expect(said).toEqual([]);
  expect(predictions.stats()).toMatchObject({ turns: 5, skipped: 1 });
  lateMs = 0;
  await house.back.database.write((unit) => {
    const payload = { entity_id: "x", status: "y", progress: 0 };
    const event = { eventType: "status_update", entityType: "task", entityId: "x", payload };
    for (let at = 0; at < predictionTimes.busyRows; at += 1) {
      house.back.store.events.append(unit, "default", event, { origin: "system" });
    }
  });
  await house.say(`ut#UX:ux|show my tasks||||${clock.nowMs()}|front`, { turnId: "ux" });
  await look();
  expect(said).toEqual([]);
  await say("open the day");
  expect(said.at(-1)?.items[0]?.why).toBe("The last 3 times, after “open the day”");
});

test("[O72] a log that begins again is learned anew", async () => {
  follow();
  for (const text of ["open the day", "show my tasks", "open the day", "show my tasks"]) await say(text);
  await house.back.database.write((unit) => house.back.store.events.newEpoch(unit, "default"));
  await look();
  await look();
  await say("open the day");
  expect(said.at(-1)?.items).toHaveLength(1);
  expect(predictions.stats()).toMatchObject({ workspaces: 1, turns: 9 });
});

test("[O72] the gateways of the workspace are told by a note; turned off, nobody is and nothing is learned", async () => {
  follow();
  predictions.close();
  const notes: object[] = [];
  const foresight = openForesight(house.back, house.servers, true);
  const leave = foresight.join("default", (body) => void notes.push(body));
  const off = openForesight(house.back, house.servers, false);
  off.join("default", () => expect.unreachable());
  for (const text of ["open the day", "show my tasks", "open the day", "show my tasks"]) await say(text);
  const turn = await say("open the day");
  const item = { say: "show my tasks", why: "The last 2 times, after “open the day”" };
  expect(notes).toEqual([{ suggest: { turn, items: [item] } }]);
  leave();
  await say("show my tasks");
  await say("open the day");
  expect(notes).toHaveLength(1);
  expect(foresight.stats().predictions.told).toBeGreaterThan(1);
  expect(off.stats().predictions).toEqual({ workspaces: 0, turns: 0, told: 0, skipped: 0 });
  foresight.close();
  off.close();
});

test("[O73] what a reply offers is suggested as soon as it is committed, before what is predicted", async () => {
  follow();
  const working = await openHouse({});
  const notes: unknown[] = [];
  const foresight = openForesight(working.back, working.servers, true);
  foresight.join("default", (body) => void notes.push(body));
  await working.say(`ut#R1:r1|remind me to call mum at 5 pm||||${working.back.clock.nowMs()}|back`, { turnId: "r1" });
  const item = { say: "create a task to call mum at 5 pm", why: "As offered" };
  await working.idle();
  expect(notes).toEqual([{ suggest: { turn: "r1", items: [item] } }]);
  foresight.close();
  working.back.offers.tell({ workspaceId: "default", turnId: "r1", say: "again" });
  expect(notes).toHaveLength(1);
  await endHouse(working);
});
