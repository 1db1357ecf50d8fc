import { readFileSync } from "node:fs";
import { createManualClock } from "@kingly/runtime/testing";
import { describe, expect, test, vi } from "vitest";
import type { ToolProgress } from "../src/index.ts";
import { fixtureEntry, inFolder, keepHouse, openHouse } from "./house.ts";

keepHouse();

const ledger = (more: Record<string, string> = {}) =>
  fixtureEntry("ledger-server.ts", { env: { LEDGER: inFolder("ledger"), ...more } });
/** A call that hangs in a real server, with the moment at which it says that it has begun. */
const hang = async (house: ReturnType<typeof openHouse>) => {
  const begun = Promise.withResolvers<ToolProgress>();
  const stop = new AbortController();
  const outcome = house.add({ tool: "hang", kind: "write", onProgress: begun.resolve, signal: stop.signal });
  await begun.promise;
  return { outcome, stop };
};

describe("a real server under a clock that is turned by hand", () => {
  test("[M7][M31] half an hour of silence is survived while its pings are answered", async () => {
    const clock = createManualClock();
    const house = openHouse({ ledger: ledger() }, { clock });
    const { outcome } = await hang(house);
    const settled = vi.fn<() => void>();
    void outcome.then(settled);
    for (let tenSeconds = 1; tenSeconds < 180; tenSeconds += 1) {
      await clock.advanceAsync(10_000);
      // The answer to this ping takes real time.
      await vi.waitFor(() => expect(house.batcher.running()[0]).toMatchObject({ serverQuietMs: 0 }));
    }
    const [running] = house.batcher.running();
    expect(running).toMatchObject({ isQuiet: true, quietMs: 1_790_000, serverQuietMs: 0 });
    expect(settled).not.toHaveBeenCalled();
    // The total is another limit.
    await clock.advanceAsync(10_000);
    expect(await outcome).toMatchObject({ status: "unknown", error: { code: "timeout" } });
  });

  test("[M7][M31] one that answers no ping is given up after its silence", async () => {
    const clock = createManualClock();
    const house = openHouse({ ledger: ledger({ MUTE: "yes" }) }, { clock });
    const { outcome } = await hang(house);
    for (let tenSeconds = 0; tenSeconds < 6; tenSeconds += 1) await clock.advanceAsync(10_000);
    expect(await outcome).toMatchObject({ status: "unknown", error: { code: "timeout" } });
    await house.batcher.close();
    await house.servers.close();
    expect(clock.pendingTimers()).toBe(0);
  });
});

test("[M9][M28] a cancel, by its signal or by its id, reaches the server, which writes it down", async () => {
  const house = openHouse({ ledger: ledger() });
  const { outcome, stop } = await hang(house);
  stop.abort();
  expect(await outcome).toEqual({ status: "cancelled", effect: "unknown" });
  const second = await hang(house);
  expect(house.batcher.cancel(house.batcher.running()[0]?.id ?? 0)).toBe(true);
  expect((await second.outcome).status).toBe("cancelled");
  await vi.waitFor(() => {
    expect(readFileSync(inFolder("ledger.cancelled"), "utf8").trim().split("\n")).toHaveLength(2);
  });
});
