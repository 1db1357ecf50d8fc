import { expect, test } from "vitest";
import { kinglySide } from "../bench/delivery/clients/kingly.ts";
import { runSide } from "../bench/delivery/run-side.ts";

test("[LK8][LK20][LK25] 100,000 deliveries each way through resets, stalls, dead and one-way connections and kill -9 of the server", async () => {
  const delivered = await runSide(kinglySide, {
    clients: 50,
    events: 2000,
    eventsPerSecond: 200,
    saysPerClient: 2000,
    faultMs: 2500,
    killMs: 2000,
    seed: 3,
  });
  const exact = { expected: 100_000, lost: 0, doubled: 0, reordered: 0 };
  expect({ down: delivered.down, up: delivered.up }).toEqual({ down: exact, up: exact });
  expect(delivered.kills).toBeGreaterThan(0);
  for (const count of Object.values(delivered.faults)) expect(count).toBeGreaterThan(0);
}, 300_000);
