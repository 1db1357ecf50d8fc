import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { toRates } from "../src/config-rates.ts";
import { defaultRates } from "../src/limits/rate-limits.ts";
import { createPersonOf, mayEnter, owner } from "../src/people.ts";
import { makeFolder } from "./house.ts";

const hash = "0123456789abcdef".repeat(4);
const read = (settings: object): ReturnType<typeof readConfig> => {
  const home = makeFolder();
  writeFileSync(join(home, "kingly.config.json"), JSON.stringify(settings));
  return readConfig(home, home);
};

describe("settings of people and limits", () => {
  test("[G44][G24][G27] what is right is taken as it is written, over the defaults", () => {
    const people = [
      { name: "ann", tokenSha256: hash },
      { name: "bob", tokenSha256: hash, workspaces: ["team"] },
    ];
    const limits = { person: { say: { perSecond: 0.5, burst: 3 } } };
    expect(read({ people, limits, askAgainMs: 0 })).toEqual({ ok: true, people, limits, askAgainMs: 0 });
    const rates = toRates(limits);
    expect(rates.person).toEqual({ ...defaultRates.person, say: { perSecond: 0.5, burst: 3 } });
    expect([rates.owner, toRates()]).toEqual([defaultRates.owner, defaultRates]);
    const personOf = createPersonOf(people, "default");
    const enters = (name: string): boolean[] => ["default", "team"].map((id) => mayEnter(personOf(name), id));
    expect(["ann", "bob", "owner", "eve"].map(enters)).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [false, false],
    ]);
    expect(personOf("owner")).toBe(owner);
  });

  test.each([
    [{ people: {} }, "/people "],
    [{ people: [5] }, "/people/0 "],
    [{ people: [{ name: "a b", tokenSha256: hash }] }, "/people/0/name"],
    [{ people: [{ name: "owner", tokenSha256: hash }] }, "/people/0/name"],
    [
      {
        people: [
          { name: "ann", tokenSha256: hash },
          { name: "ann", tokenSha256: hash },
        ],
      },
      "/people/1/name",
    ],
    [{ people: [{ name: "ann", tokenSha256: "the token itself" }] }, "/people/0/tokenSha256"],
    [{ people: [{ name: "ann", tokenSha256: hash, token: "x" }] }, "token)"],
    [{ people: [{ name: "ann", tokenSha256: hash, workspaces: [] }] }, "/people/0/workspaces"],
    [{ limits: { all: {} } }, "/limits "],
    [{ limits: { person: { sing: {} } } }, "/limits/person "],
    [{ limits: { person: { say: { perSecond: 0, burst: 1 } } } }, "/limits/person/say"],
    [{ limits: { person: { say: { perSecond: 1, burst: 1.5 } } } }, "/limits/person/say"],
    [{ askAgainMs: -1 }, "/askAgainMs"],
  ])("[G44][G24][G27] %j ends with a sentence that names the place", (settings, place) => {
    const reading = read(settings);
    expect(reading.ok).toBe(false);
    const message = reading.ok ? "" : reading.message;
    expect(message).toContain(place);
    expect(message).not.toContain("the token itself");
  });
});
