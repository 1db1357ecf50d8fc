import { describe, expect, test } from "vitest";
import { canonicalJson } from "../src/canonical-json.ts";
import { isLongerThan } from "../src/is-longer-than.ts";
import { plainText } from "../src/plain-text.ts";
import { retryDelayMs } from "../src/servers/retry-delay-ms.ts";
import { findEntryFault } from "../src/servers/server-entry.ts";
import { createStderrTail } from "../src/servers/stderr-tail.ts";
import { toCallError } from "../src/servers/to-call-error.ts";

describe("text and sizes", () => {
  test("[M5] canonical JSON sorts keys at every depth, keeps lists, and treats __proto__ as a key", () => {
    expect(canonicalJson({ b: [{ z: 1, a: undefined }], a: null })).toBe('{"a":null,"b":[{"z":1}]}');
    expect(canonicalJson(JSON.parse('{"__proto__":{"b":1,"a":2}}'))).toBe('{"__proto__":{"a":2,"b":1}}');
    expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
  });

  test("[M11][M13] sizes are bytes of UTF-8", () => {
    expect(isLongerThan("abc", 3)).toBe(false);
    expect(isLongerThan("abcd", 3)).toBe(true);
    expect(isLongerThan("éé", 3)).toBe(true);
    expect(isLongerThan("€", 3)).toBe(false);
  });

  test("[M18] foreign text loses sequences, control signs and turned directions, not its words", () => {
    expect(plainText("\u001b[1;31mred\u001b[0m\t\u001b]0;title\u0007ok\r\n\u0000\u202eend")).toBe("red\tok\nend");
  });

  test("[M18] the stderr tail keeps the last 4,096 signs, also of one cut between chunks", () => {
    const tail = createStderrTail();
    const bytes = new TextEncoder().encode(`${"x".repeat(20_000)}\u001b[32m${"y".repeat(4_095)}€`);
    tail.append(bytes.subarray(0, -1));
    tail.append(bytes.subarray(-1));
    expect(tail.read()).toBe(`${"y".repeat(4_095)}€`);
  });
});

describe("servers, without any", () => {
  test("[M22] the wait doubles from 0.5 s to 30 s", () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 100].map((attempt) => retryDelayMs(attempt, 0));
    expect(waits).toEqual([500, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(retryDelayMs(1, 0.999)).toBe(625);
    expect(retryDelayMs(9, 0.999)).toBe(30_000);
  });

  test("[M24] every field of an entry is checked", () => {
    const good = { command: "node" };
    const faults = [
      null,
      "node",
      {},
      { ...good, args: "x" },
      { ...good, args: [1] },
      { ...good, env: { A: 1 } },
      { ...good, env: null },
      { ...good, cwd: 1 },
      { ...good, concurrency: 0 },
      { ...good, startTimeoutMs: -1 },
    ];
    for (const entry of faults) expect(findEntryFault(entry as never)).toBeTypeOf("string");
    expect(findEntryFault({ ...good, args: ["a"], env: { A: "1" }, cwd: "/", concurrency: 1 })).toBeUndefined();
  });

  test("[M10] what the SDK rejects with says whether a write is in doubt", () => {
    const coded = (code: number): Error => Object.assign(new Error("words"), { code });
    const judged = [coded(-32_000), coded(-32_001), coded(-32_602), new Error("Not connected"), new Error("bad shape")];
    expect(judged.map((cause) => toCallError("s", cause)).map(({ code, effect }) => [code, effect])).toEqual([
      ["connection_lost", "unknown"],
      ["timeout", "unknown"],
      ["server_error", "none"],
      ["connection_lost", "none"],
      ["malformed_result", "unknown"],
    ]);
  });
});
