import { describe, expect, test } from "vitest";
import { canonicalJson } from "../src/canonical-json.ts";
import { isLongerThan } from "../src/is-longer-than.ts";
import { plainText } from "../src/plain-text.ts";
import { checkAddress } from "../src/servers/check-address.ts";
import { expandEntry, redact } from "../src/servers/expand-entry.ts";
import { hashTool } from "../src/servers/hash-tool.ts";
import { judgeSchema } from "../src/servers/judge-schema.ts";
import { quickPattern } from "../src/servers/quick-pattern.ts";
import { findSchemaFault } from "../src/servers/find-schema-fault.ts";
import { retryDelayMs } from "../src/servers/retry-delay-ms.ts";
import { findEntryFault } from "../src/servers/server-entry.ts";
import { createStderrTail } from "../src/servers/stderr-tail.ts";
import { toCallError } from "../src/to-call-error.ts";

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

describe("schemas of strangers", () => {
  test("[M33] quick patterns are judged; one that could run for ever is not", () => {
    expect(quickPattern("^[a-z0-9-]+$", "u").test("A")).toBe(false);
    expect(quickPattern("^\\d{4}-\\d{2}$", "u").test("2026-1")).toBe(false);
    for (const slow of ["^(a+)+$", "^(a|a)*$", "(?=a)b", "(a)\\1", ".*.*.*.*x", "a?".repeat(200)]) {
      expect(quickPattern(slow, "u").test(`${"a".repeat(50)}!`)).toBe(true);
    }
    expect(quickPattern("^b+$", "u").test("a".repeat(2_001))).toBe(true);
  });

  test("[M33] drafts 7 and 2020-12 are judged, and what is not judged is said so", async () => {
    const older = await judgeSchema({
      $schema: "http://json-schema.org/draft-07/schema#",
      definitions: { word: { type: "string", pattern: "^[a-z]+$" } },
      items: [{ $ref: "#/definitions/word" }],
    });
    expect(older?.(["a"])).toBeUndefined();
    expect(older?.(["A"])).toMatchObject({ path: "/0" });
    const newer = await judgeSchema({ prefixItems: [{ type: "number" }], uniqueItems: true });
    expect(newer?.([1, 1])).toBeUndefined();
    expect(newer?.(["1"])).toMatchObject({ path: "/0", message: "must be number" });
    expect(await judgeSchema("no schema")).toBeUndefined();
  });

  test("[M33] what a schema may not do is told", () => {
    expect(findSchemaFault({ type: "object" })).toBeUndefined();
    expect(findSchemaFault({ $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: {} } })).toBeUndefined();
    expect(findSchemaFault({ a: { $ref: "http://x" } })).toContain("outside");
    expect(findSchemaFault({ $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/a" } } })).toContain("itself");
    expect(findSchemaFault({ $ref: "#/nowhere" })).toContain("nowhere");
    expect(findSchemaFault({ x: "y".repeat(100_001) })).toContain("bytes");
    expect(findSchemaFault(JSON.parse(`${'{"a":'.repeat(70)}{}${"}".repeat(70)}`))).toContain("deeper");
    expect(findSchemaFault({ $dynamicRef: "#a" })).toContain("dynamic");
    expect(findSchemaFault([])).toContain("object");
  });

  test("[M40] a pin is the hash of all that is decided by, whatever the order of keys", () => {
    const tool = { name: "a", description: "b", inputSchema: { x: 1, y: 2 } };
    const hash = hashTool(tool);
    expect(hashTool({ inputSchema: { y: 2, x: 1 }, description: "b", name: "a" })).toBe(hash);
    for (const other of [{ description: "c" }, { title: "t" }, { annotations: {} }, { outputSchema: {} }]) {
      expect(hashTool({ ...tool, ...other })).not.toBe(hash);
    }
  });
});

describe("addresses and variables", () => {
  test("[M38] link-local, metadata, unspecified and multicast are refused, in every way of writing, and by name", async () => {
    const find = (name: string) =>
      Promise.resolve(name === "sneaky.example" ? ["8.8.8.8", "169.254.169.254"] : ["8.8.8.8"]);
    const refused = [
      "169.254.169.254",
      "[fe80::1]",
      "[fd00:ec2::254]",
      "100.100.100.200",
      "0.0.0.0",
      "[::]",
      "224.0.0.1",
    ];
    for (const host of [
      ...refused,
      "[::ffff:169.254.169.254]",
      "metadata.google.internal",
      "METADATA.google.internal.",
      "sneaky.example",
    ]) {
      await expect(checkAddress(host, find)).rejects.toMatchObject({ code: "address_refused" });
    }
    for (const host of ["127.0.0.1", "[::1]", "192.168.1.5", "example.org"]) {
      await expect(checkAddress(host, find)).resolves.toBeUndefined();
    }
  });

  test("[M37] every text is filled in once, defaults stand in for what is missing or empty", () => {
    const environment = { A: "alpha!", EMPTY: "", B: "${A}" };
    const read = (text: string) => expandEntry({ command: text }, environment);
    expect(read("${A}-${EMPTY:-x}-${NO:-y z}-${EMPTY}-$A")).toMatchObject({
      ok: true,
      entry: { command: "alpha!-x-y z--$A" },
    });
    expect(read("${B}")).toMatchObject({ ok: true, entry: { command: "${A}" } });
    expect(read("${NO} ${NEVER} ${toString}")).toEqual({ ok: false, missing: ["NO", "NEVER", "toString"] });
    const http = expandEntry(
      { type: "http", url: "https://${A}/", headers: { Authorization: "Bearer ${A}" } },
      environment,
    );
    expect(http).toMatchObject({
      ok: true,
      entry: { url: "https://alpha!/", headers: { Authorization: "Bearer alpha!" } },
    });
    if (http.ok) expect(redact("saw Bearer alpha! and alpha!", http.secrets)).toBe("saw [Authorization] and [A]");
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
      { ...good, disabled: "yes" },
      { ...good, type: "websocket" },
      { url: "http://127.0.0.1" },
      { type: "http" },
      { type: "sse", url: "file:///etc/passwd" },
      { type: "http", url: "http://127.0.0.1", headers: { A: 1 } },
    ];
    for (const entry of faults) expect(findEntryFault(entry as never)).toBeTypeOf("string");
    expect(findEntryFault({ ...good, args: ["a"], env: { A: "1" }, cwd: "/", concurrency: 1 })).toBeUndefined();
    expect(findEntryFault({ type: "streamable-http", url: "https://${HOST}/mcp" })).toBeUndefined();
  });

  test("[M10] what the SDK rejects with says whether a write is in doubt", () => {
    const coded = (code: number): Error => Object.assign(new Error("words"), { code });
    const worded = (code: string): Error => Object.assign(new Error("words"), { code });
    const judged = [coded(-32_000), coded(-32_001), coded(-32_602), new Error("Not connected"), new Error("bad shape")];
    judged.push(
      worded("CONNECTION_CLOSED"),
      worded("REQUEST_TIMEOUT"),
      worded("NOT_CONNECTED"),
      coded(502),
      coded(403),
    );
    expect(judged.map((cause) => toCallError("s", cause)).map(({ code, effect }) => [code, effect])).toEqual([
      ["connection_lost", "unknown"],
      ["timeout", "unknown"],
      ["server_error", "none"],
      ["connection_lost", "none"],
      ["malformed_result", "unknown"],
      ["connection_lost", "unknown"],
      ["timeout", "unknown"],
      ["connection_lost", "none"],
      ["server_error", "unknown"],
      ["server_error", "none"],
    ]);
  });
});
