import { expect, test } from "vitest";
import { fixture, inFolder, keepHouse } from "./house.ts";
import { proveRestarts } from "./prove-restarts.ts";

keepHouse();

test("[M10][M22][M32] twelve servers killed in mid-call: no write twice, every call told truthfully", async () => {
  const found = await proveRestarts(inFolder(""), { servers: 4, rounds: 3, program: fixture("ledger-server.ts") });
  expect(found.lies).toEqual([]);
  expect(found).toMatchObject({ kills: 12, calls: 72, duplicates: 0 });
}, 60_000);
