import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createToolNames } from "../src/index.ts";

describe("names for models", () => {
  test("[M34] plain names read as they are, and lead back without having been given", () => {
    const names = createToolNames();
    expect(names.nameOf("memory", "create_entities")).toBe("memory__create_entities");
    expect(createToolNames().find("memory__create_entities")).toEqual({ server: "memory", tool: "create_entities" });
    expect(names.find("memory")).toBeUndefined();
    expect(names.find("a__b__c")).toBeUndefined();
  });

  test("[M34] what would read alike does not: borders, cuts, other signs, and a tool named like a hash", () => {
    const names = createToolNames();
    const long = "x".repeat(60);
    const pairs = [
      ["a", "b__c"],
      ["a__b", "c"],
      ["a_", "_b"],
      ["a.b", "c"],
      ["a", "b.c"],
      ["a/b", "c"],
      ["é", "c"],
      ["", "c"],
      [long, `${long}1`],
      [long, `${long}2`],
    ] as const;
    const given = pairs.map(([server, tool]) => names.nameOf(server, tool));
    expect(new Set(given).size).toBe(pairs.length);
    const [first = ""] = given;
    const [head = "", tail = ""] = first.split("__");
    // Whoever names a server and a tool like the hashed name of another gets another name.
    expect(names.nameOf(head, tail)).not.toBe(first);
    expect(names.find(first)).toEqual({ server: "a", tool: "b__c" });
  });

  test("[M34] any two tools have two names, of the allowed signs, the same in every process, that lead back", () => {
    const part = fc.oneof(fc.string({ maxLength: 80 }), fc.stringMatching(/^[a-c_.-]{0,6}$/));
    fc.assert(
      fc.property(fc.array(fc.tuple(part, part), { maxLength: 40 }), (pairs) => {
        const names = createToolNames();
        const byName = new Map<string, string>();
        for (const [server, tool] of pairs) {
          const name = names.nameOf(server, tool);
          const key = JSON.stringify([server, tool]);
          expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
          expect(byName.get(name) ?? key).toBe(key);
          byName.set(name, key);
          expect(createToolNames().nameOf(server, tool)).toBe(name);
        }
        for (const [name, key] of byName) {
          const found = names.find(name);
          expect(JSON.stringify([found?.server, found?.tool])).toBe(key);
        }
      }),
      { numRuns: 300 },
    );
  });
});
