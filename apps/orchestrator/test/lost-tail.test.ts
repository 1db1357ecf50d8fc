import { execFile } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { createLinkClient, createMemoryCursorStore } from "@kingly/link";
import type { Cursor, Position } from "@kingly/link";
import { connectWebSocket, createWebSocketAcceptor } from "@kingly/link/node";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { createMemoryLog } from "@kingly/runtime/testing";
import { expect, test } from "vitest";
import { createAnnounceEvents } from "../src/announce-events.ts";
import { createHearWitness } from "../src/hear-witness.ts";
import { createServeLink } from "../src/serve-link.ts";
import { endHouse, makeHome, openHouse } from "./harness.ts";
import type { House } from "./harness.ts";

const append = (house: House, id: string): Promise<unknown> =>
  house.back.database.write((unit) => {
    const payload = { context_id: id, summary: id };
    const event = { eventType: "context_loaded", entityType: "context", entityId: id, payload };
    house.back.store.events.append(unit, "default", event, { origin: "system" });
  });

/** Copies a database that is in use as a power cut leaves it: without the last `frames` of its write-ahead log. */
function copyCut(from: string, to: string, frames: number): void {
  mkdirSync(to, { recursive: true });
  copyFileSync(join(from, "kingly.db"), join(to, "kingly.db"));
  const wal = readFileSync(join(from, "kingly.db-wal"));
  const frameBytes = 24 + wal.readUInt32BE(8);
  // Frames of the present run of the log carry its salt; what stands behind them is from before.
  let end = 32;
  while (end + frameBytes <= wal.length && wal.subarray(end + 8, end + 16).equals(wal.subarray(16, 24)))
    end += frameBytes;
  expect((end - 32) / frameBytes).toBeGreaterThan(frames);
  writeFileSync(join(to, "kingly.db-wal"), wal.subarray(0, end - frames * frameBytes));
}

/** Serves the link of a house on a real socket. */
async function serve(house: House): Promise<{ readonly url: string; close(): void }> {
  const link = createServeLink({
    clock: createSystemClock(),
    random: createSystemRandom(),
    log: house.log,
    accept: () => Promise.reject(new Error("Nothing is said here.")),
    announce: createAnnounceEvents({ store: house.back.store }),
    answer: () => Promise.resolve({ ok: true, value: null }),
    witness: createHearWitness(house.back),
  });
  const acceptor = createWebSocketAcceptor();
  const server = createServer();
  server.on("upgrade", (request, socket, head) =>
    acceptor.handleUpgrade(request, socket, head, (peer) => void link.accept(peer, { workspaceId: "default" })),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/link`,
    close() {
      link.close();
      server.close();
    },
  };
}

/** Follows a log from a cursor on, until `is` holds for the positions of its resyncs. */
async function follow(
  url: string,
  cursor: Cursor,
  is: (resyncs: readonly Position[]) => boolean,
  told: number[] = [],
): Promise<readonly Position[]> {
  const resyncs: Position[] = [];
  const seen = Promise.withResolvers<void>();
  const client = createLinkClient(
    {
      clock: createSystemClock(),
      random: createSystemRandom(),
      log: createMemoryLog(),
      connect: (signal) => connectWebSocket(url, { signal }),
    },
    {
      cursorStore: createMemoryCursorStore(cursor),
      onEvent: (events) => void told.push(...events.map(({ seq }) => seq)),
      onResync(position) {
        resyncs.push(position);
        if (is(resyncs)) seen.resolve();
      },
    },
  );
  await seen.promise;
  client.close();
  return resyncs;
}

/** Reads a log from a cursor (from its start without one) to its head of now, and returns the cursor that it left. */
async function readToHead(url: string, from?: Cursor): Promise<Cursor> {
  const saved = Promise.withResolvers<Cursor>();
  let left = Number.POSITIVE_INFINITY;
  let last: Cursor | undefined;
  const client = createLinkClient(
    {
      clock: createSystemClock(),
      random: createSystemRandom(),
      log: createMemoryLog(),
      connect: (signal) => connectWebSocket(url, { signal }),
    },
    {
      startFrom: "start",
      cursorStore: {
        load: () => from ?? null,
        save(cursor) {
          last = cursor;
          if (left === 0) saved.resolve(last);
        },
      },
      onEvent: (events) => void (left -= events.length),
      onStatus: (status, { replayed }) => void (status === "open" && (left = replayed ?? 0)),
    },
  );
  const cursor = await saved.promise;
  client.close();
  return cursor;
}

test("[O30] a write-ahead log that was cut is noticed by what a gateway has seen, and answered by a new epoch, once", async () => {
  const house = await openHouse({ works: false });
  for (let n = 0; n < 40; n += 1) await append(house, `e${n}`);
  const seen = house.back.store.events.position("default");
  if (seen === undefined) throw new Error("There is no log.");
  const home = makeHome();
  copyCut(house.home, home, 25);
  await endHouse(house);

  const cut = await openHouse({ home, works: false });
  const { events } = cut.back.store;
  const left = events.position("default");
  expect(left).toMatchObject({ epoch: seen.epoch, low: 1 });
  expect(left?.head).toBeLessThan(seen.head);
  expect(left?.head).toBeGreaterThan(0);
  // SQLite sees nothing wrong: only who kept a cursor outside of the file does.
  expect(cut.back.database.pragma("integrity_check")).toBe("ok");

  const served = await serve(cut);
  const resyncs = await follow(
    served.url,
    { epoch: seen.epoch, seq: seen.head },
    (all) => all.at(-1)?.epoch !== seen.epoch,
  );
  const now = events.position("default");
  expect(now).toMatchObject({ head: left?.head, low: 1 });
  expect(resyncs.at(-1)).toMatchObject({ epoch: now?.epoch, head: now?.head, low: 1 });
  expect(cut.log.entries.filter(({ level }) => level === "error")).toMatchObject([
    { fields: { lost: `${now?.head === undefined ? 0 : now.head + 1} to ${seen.head}`, epoch: now?.epoch } },
  ]);
  // Whoever comes later with the old cursor resyncs as well, and nothing begins again.
  await append(cut, "goes on");
  await follow(served.url, { epoch: seen.epoch, seq: seen.head }, (all) => all.length > 0);
  await follow(served.url, { epoch: seen.epoch, seq: 1 }, (all) => all.length > 0);
  expect(events.position("default")?.epoch).toBe(now?.epoch);
  served.close();
  await endHouse(cut);
});

test("[O30][G17][LK36] a log that was cut and has grown beyond what a gateway has seen is noticed by its chain", async () => {
  const house = await openHouse({ works: false });
  for (let n = 0; n < 40; n += 1) await append(house, `e${n}`);
  const before = await serve(house);
  const seen = await readToHead(before.url);
  expect(seen).toEqual({ epoch: expect.any(String), seq: 40, chain: expect.stringMatching(/^[0-9a-f]{16}$/) });
  const home = makeHome();
  copyCut(house.home, home, 25);
  before.close();
  await endHouse(house);

  const cut = await openHouse({ home, works: false });
  const { events } = cut.back.store;
  const kept = events.position("default")?.head ?? 0;
  const chainKept = events.chainAt("default", kept)?.slice(0, 16);
  if (chainKept === undefined) throw new Error("There is no chain.");
  expect(kept).toBeLessThan(40);
  // Refilled by other events, before anybody comes: no seq tells it from the one that was seen.
  for (let n = kept; n < 60; n += 1) await append(cut, `other${n}`);
  expect(events.position("default")).toMatchObject({ epoch: seen.epoch, head: 60 });

  const served = await serve(cut);
  // Who saw only what was kept goes on.
  const followed = await readToHead(served.url, { epoch: seen.epoch, seq: kept, chain: chainKept });
  expect(followed).toMatchObject({ epoch: seen.epoch, seq: 60 });
  expect(events.position("default")?.epoch).toBe(seen.epoch);

  const told: number[] = [];
  const resyncs = await follow(served.url, seen, (all) => all.at(-1)?.epoch !== seen.epoch, told);
  const now = events.position("default");
  expect(now?.epoch).not.toBe(seen.epoch);
  expect(resyncs.at(-1)).toMatchObject({ epoch: now?.epoch, head: 60, low: 1 });
  // None of the other events was told as if it continued what was seen.
  expect(told).toEqual([]);
  expect(cut.log.entries.filter(({ level }) => level === "error")).toMatchObject([
    { fields: { lost: "some up to 40", epoch: now?.epoch } },
  ]);
  served.close();
  await endHouse(cut);
});

test("[O31] what another program writes wakes those who follow the log", async () => {
  const house = await openHouse({ works: false });
  const woken = new Promise<void>((resolve) => {
    house.back.store.events.subscribe("default", resolve);
  });
  const script = `
    const { openDatabase } = await import("@kingly/sqlite");
    const database = openDatabase({ path: process.argv[1] });
    await database.write((unit) => unit.run("UPDATE workspaces SET name = 'Renamed' WHERE id = 'default'"));
    await database.close();`;
  await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script, join(house.home, "kingly.db")], {
    cwd: join(import.meta.dirname, ".."),
  });
  await woken;
  expect(house.told().at(-1)?.line).toMatch(/^cl:changed_outside\|/);
  await endHouse(house);
});
