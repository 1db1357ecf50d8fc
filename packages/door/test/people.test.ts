import { createHash } from "node:crypto";
import { createSilentLog } from "@kingly/runtime";
import { afterEach, describe, expect, test } from "vitest";
import { createDoor, isDoorError } from "../src/index.ts";
import type { DoorOptions, DoorPerson } from "../src/index.ts";
import { openHouse, token } from "./house.ts";
import type { House } from "./house.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const annToken = "the-token-of-ann-0123456789";
const people: readonly DoorPerson[] = [
  { name: "ann", tokenSha256: sha256(annToken) },
  { name: "bob", tokenSha256: sha256("the-token-of-bob-0123456789") },
];
const routes: DoorOptions["routes"] = [
  { method: "GET", path: "/who", handle: ({ who, by }) => ({ status: 200, json: [who, by] }) },
  { method: "GET", path: "/open", open: true, handle: ({ who, by }) => ({ status: 200, json: [who, by] }) },
];

describe("people", () => {
  let house: House | undefined;
  afterEach(() => house?.close());

  test("[D23] a token tells whose it is; a hash is no token, and a session belongs to who opened it", async () => {
    const opened = await openHouse(() => ({ routes, people }));
    house = opened;
    const ask = async (headers: Record<string, string>, path = "/who"): Promise<string> => {
      const { status, body } = await opened.ask("GET", path, { Host: opened.host, ...headers });
      return status === 200 ? body : String(status);
    };
    const bearer = (given: string): Record<string, string> => ({ Authorization: `Bearer ${given}` });
    expect(await ask(bearer(token))).toBe('["owner","bearer"]');
    expect(await ask(bearer(annToken))).toBe('["ann","bearer"]');
    expect(await ask(bearer("the-token-of-bob-0123456789"))).toBe('["bob","bearer"]');
    expect(await ask(bearer(people[0]?.tokenSha256 ?? ""))).toBe("401");
    expect(await ask(bearer(`${annToken}x`))).toBe("401");
    expect(await ask({}, "/open")).toBe('["","open"]');

    const cookieOf = (who?: string): string => opened.door.sessionCookie(who).split(";")[0] ?? "";
    expect(await ask({ Cookie: cookieOf() })).toBe('["owner","cookie"]');
    expect(await ask({ Cookie: cookieOf("ann") })).toBe('["ann","cookie"]');
    // Nobody makes another's session of their own, nor the owner's.
    expect(await ask({ Cookie: cookieOf("ann").replace(".ann.", ".bob.") })).toBe("401");
    expect(await ask({ Cookie: cookieOf("ann").replace(".ann.", ".") })).toBe("401");
    expect(await ask({ Cookie: cookieOf().replace(/\.(?=[\w-]{43}$)/, ".ann.") })).toBe("401");
  });

  test("[D23] a session ends when its person is taken off the list or gets another token", async () => {
    const opened = await openHouse(() => ({ routes, people }));
    house = opened;
    const deps = { log: createSilentLog(), clock: opened.clock };
    const rest = { token, hosts: [opened.host], origins: [], routes };
    const cookieOf = (list: readonly DoorPerson[]): string =>
      createDoor(deps, { ...rest, people: list })
        .sessionCookie("ann")
        .split(";")[0] ?? "";
    const ask = async (Cookie: string): Promise<number> =>
      (await opened.ask("GET", "/who", { Host: opened.host, Cookie })).status;
    expect(await ask(cookieOf(people))).toBe(200);
    expect(await ask(cookieOf([{ name: "ann", tokenSha256: sha256("another token") }]))).toBe(401);
    expect(await ask(cookieOf(people).replace(".ann.", ".eve."))).toBe(401);
  });

  test.each([
    [[{ name: "a b", tokenSha256: "0".repeat(64) }]],
    [[{ name: "ann", tokenSha256: annToken }]],
    [[{ name: "owner", tokenSha256: "0".repeat(64) }]],
    [[people[0], people[0]] as DoorPerson[]],
  ])("[D23] a wrong list of people is refused (%#)", (list) => {
    let thrown: unknown;
    try {
      const deps = {
        log: createSilentLog(),
        clock: { nowMs: () => 0, monotonicMs: () => 0, setTimer: () => ({ cancel() {} }) },
      };
      createDoor(deps, { token, hosts: ["x:1"], origins: [], routes: [], people: list });
    } catch (error) {
      thrown = error;
    }
    expect(isDoorError(thrown) && thrown.code).toBe("BAD_OPTION");
    expect(String(thrown)).not.toContain(annToken);
  });
});
