import assert from "node:assert/strict";
import { once } from "node:events";
//#region use
import { createServer } from "node:http";
import { createDoor, harden } from "@kingly/door";
import { createSilentLog, createSystemClock } from "@kingly/runtime";

const server = harden(createServer());
const door = createDoor(
  { log: createSilentLog(), clock: createSystemClock() },
  {
    token: "a-long-secret-of-this-house",
    hosts: ["127.0.0.1:7713"], // exactly these, or 403
    origins: ["http://127.0.0.1:7713"],
    routes: [
      { method: "GET", path: "/healthz", open: true, handle: () => ({ status: 200, json: { ok: true } }) },
      { method: "POST", path: "/v1/echo", body: "json", handle: ({ json }) => ({ status: 200, json }) },
    ],
  },
);
server.on("request", door.handle).on("upgrade", door.upgrade).listen(7713, "127.0.0.1");
//#endregion

await once(server, "listening");
const at = "http://127.0.0.1:7713";
const post = (token: string): Promise<Response> =>
  fetch(`${at}/v1/echo`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: '{"tea":2}',
  });
const [open, right, wrong] = await Promise.all([
  fetch(`${at}/healthz`),
  post("a-long-secret-of-this-house"),
  post("a-guess"),
]);
assert.deepEqual([open.status, right.status, wrong.status], [200, 200, 401]);
assert.deepEqual(
  [await right.json(), ((await wrong.json()) as { error: { code: string } }).error.code],
  [{ tea: 2 }, "unauthorized"],
);
door.close();
server.close();
server.closeAllConnections();
console.log("door: a stranger was refused, the owner was served");
