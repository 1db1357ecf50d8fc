import { expect, test } from "vitest";
import { openWorkspace } from "../src/open-workspace.ts";
import { endHouse, openHouse } from "./harness.ts";

test(
  "[O35] of 2,000 jobs of one workspace and one of another, the one starts within the first claims",
  { timeout: 60_000 },
  async () => {
    const house = await openHouse({ works: false });
    await openWorkspace(house.back, "crowd");
    const crowd = Array.from({ length: 2000 }, (_, index) =>
      house.say(`tc#A${index}:Crowd ${index}`, { workspaceId: "crowd" }),
    );
    await Promise.all(crowd);
    await house.say("tc#B1:The only one");
    const order: string[] = [];
    const { planner } = house.back;
    Object.assign(house.back, {
      planner: {
        ...planner,
        assess(task: Parameters<typeof planner.assess>[0]) {
          order.push(task.title);
          return planner.assess(task);
        },
      },
    });
    house.work();
    await house.until("the one is ready", (told) => told.some(({ line }) => line.startsWith("tr#B1")));
    // Eight run at once: the first claim takes eight, and the one is among them or the next to start.
    expect(order.indexOf("The only one")).toBeLessThanOrEqual(8);
    const { pending } = house.back.queue.counts();
    expect(pending).toBeGreaterThan(1900);
    await endHouse(house);
  },
);

test("[O35] a run with many items does not hold up another workspace, and every job has its workspace as its group", async () => {
  const house = await openHouse({ works: false });
  await openWorkspace(house.back, "crowd");
  for (let index = 0; index < 40; index += 1) {
    await house.say(`wf#C${index}:weekly_review`, { workspaceId: "crowd" });
  }
  for (const line of [
    "wf#W1:weekly_review",
    "ms#M1:colour|blue",
    "cl#L1:colour",
    "ts#T1:auto|0.3|Complete app",
    "ut#U1:u1|Hm||||1700000000000|back",
  ]) {
    await house.say(line);
  }
  const groups = house.back.database.all<{ group: string; workspaceId: string }>(
    'SELECT group_name AS "group", workspace_id AS workspaceId FROM job_queue',
  );
  expect(groups.every(({ group, workspaceId }) => group === workspaceId && group !== "")).toBe(true);
  house.work();
  await house.until("the run of the other", (told) => told.some(({ line }) => line.startsWith("su#W1:run_W1|running")));
  const begun = house.back.database.get<{ n: number }>(
    "SELECT count(*) AS n FROM workflows WHERE workspace_id = 'crowd' AND status = 'queued'",
  );
  expect(begun?.n).toBeGreaterThan(20);
  await house.idle();
  const left = house.back.database.all<{ group: string; workspaceId: string; type: string }>(
    'SELECT DISTINCT group_name AS "group", workspace_id AS workspaceId, job_type AS type FROM job_queue',
  );
  expect(left.every(({ group, workspaceId }) => group === workspaceId)).toBe(true);
  expect(new Set(left.map(({ type }) => type)).size).toBeGreaterThanOrEqual(6);
  await endHouse(house);
});
