import { describe, expect, test, vi } from "vitest";
import type { PinSet, ToolPins } from "../src/servers/index.ts";
import { fixtureEntry, journal, keepHouse, openHouse } from "./house.ts";

keepHouse();

const shifty = () => fixtureEntry("shifty-server.ts");
const keptPins = (): ToolPins & { readonly kept: Map<string, PinSet> } => {
  const kept = new Map<string, PinSet>();
  return { kept, get: (server) => kept.get(server), set: (server, pins) => void kept.set(server, pins) };
};

describe("schemas", () => {
  test("[M33] arguments that do not fit are refused with where and what, and nothing is sent", async () => {
    const { add } = openHouse({ shifty: shifty() });
    const wrong = [
      [{ tool: "greet", args: {} }, "/name", "is missing"],
      [{ tool: "greet", args: { name: 5 } }, "/name", "must be string"],
      [{ tool: "greet", args: { name: "x".repeat(21) } }, "/name", "20"],
      [{ tool: "greet", args: { name: "Ada", "a/b": 1 } }, "/a~1b", "is not known"],
      [{ tool: "save", args: { how: "well" }, kind: "write" }, "/how", '["fast","slow"]'],
    ] as const;
    for (const [operation, path, message] of wrong) {
      expect(await add(operation)).toMatchObject({
        status: "failed",
        error: { code: "invalid_arguments", path, message: expect.stringContaining(message) },
      });
    }
    expect(await add({ args: { name: "Ada" } })).toMatchObject({ status: "ok" });
    expect(journal().filter((line) => line.startsWith("call"))).toEqual(['call greet {"progressToken":2}']);
  });

  test("[M33] a result that is not what was promised is invalid: failed for a read, unknown for a write", async () => {
    const { add } = openHouse({ shifty: shifty() });
    expect(await add({ tool: "measure" })).toMatchObject({ status: "ok", result: { structured: { size: 3 } } });
    const lie = { tool: "measure", args: { lie: true } };
    const error = { code: "invalid_result", path: "/size" };
    expect(await add(lie)).toMatchObject({ status: "failed", error });
    expect(await add({ ...lie, kind: "write" })).toMatchObject({ status: "unknown", error, repeatable: true });
  });

  test("[M33] schemas that fetch, circle, unfold, hang, are huge or make no sense are not run", async () => {
    const { add, servers } = openHouse({ shifty: shifty() });
    const fetched = vi.spyOn(globalThis, "fetch");
    const args = { a: `${"a".repeat(40)}!` };
    for (const tool of ["remote", "circle", "bomb", "slow-pattern", "huge", "broken"]) {
      expect(await add({ tool, args })).toMatchObject({ status: "ok" });
    }
    expect(fetched).not.toHaveBeenCalled();
    fetched.mockRestore();
    expect((await servers.listTools("shifty")).map(({ name }) => name)).not.toContain("bad name\n");
  });
});

describe("lists of tools", () => {
  test("[M36] tools are listed once for a connection; one that is not listed is not called", async () => {
    const { add, servers, state } = openHouse({ shifty: shifty() });
    expect([servers.knownTools("shifty"), servers.knownTools("nobody")]).toEqual([undefined, undefined]);
    expect(await add({ tool: "hidden" })).toMatchObject({
      status: "failed",
      error: { code: "tool_unknown", hint: expect.stringContaining("greet") },
    });
    await add({ args: { name: "Ada" } });
    const [greet, measure, save] = await servers.listTools("shifty");
    expect(greet).toMatchObject({
      name: "greet",
      description: "Greets.",
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      isReadOnly: true,
      isIdempotent: true,
      isDestructive: false,
    });
    expect(measure).toMatchObject({ isReadOnly: false, isIdempotent: true, isDestructive: true });
    expect(save).toMatchObject({ isReadOnly: false, isIdempotent: false, isDestructive: true });
    expect(journal().filter((line) => line === "list")).toHaveLength(1);
    expect(state("shifty").tools).toBe(10);
    expect(servers.knownTools("shifty")).toEqual(await servers.listTools("shifty"));
  });

  test("[M32] the key of an operation reaches the server in _meta", async () => {
    const { add } = openHouse({ shifty: shifty() });
    await add({ tool: "save", kind: "write", idempotencyKey: "order-7" });
    expect(journal().at(-1)).toContain('call save {"progressToken":2,"kingly/idempotencyKey":"order-7"}');
  });
});

describe("pins", () => {
  test("[M40] a description that changes blocks its tool, and a new tool is blocked, until each is approved", async () => {
    const pins = keptPins();
    const { add, servers, when, state } = openHouse({ shifty: shifty() }, { pins });
    expect(await add({ tool: "save", kind: "write" })).toMatchObject({ status: "ok" });
    await add({ tool: "change", args: { to: "poison" } });
    const poisoned = await when("shifty", ({ blockedTools = [] }) => blockedTools.length > 0);
    expect(poisoned.blockedTools).toMatchObject([{ name: "save", code: "tool_changed" }]);
    expect(await add({ tool: "save", kind: "write" })).toMatchObject({
      status: "failed",
      error: { code: "tool_changed", hint: expect.stringContaining(poisoned.blockedTools?.[0]?.hash ?? "?") },
    });
    expect(await add({ args: { name: "Ada" } })).toMatchObject({ status: "ok" });
    await add({ tool: "change", args: { to: "new" } });
    await when("shifty", ({ blockedTools = [] }) => blockedTools.length > 1);
    expect(await add({ tool: "extra" })).toMatchObject({ status: "failed", error: { code: "tool_unapproved" } });
    const save = (await servers.listTools("shifty")).find(({ name }) => name === "save");
    expect(await servers.approveTools("shifty", ["0".repeat(64)])).toEqual([]);
    expect(await servers.approveTools("shifty", [save?.hash ?? ""])).toEqual(["save"]);
    expect(await add({ tool: "save", kind: "write" })).toMatchObject({ status: "ok" });
    expect(state("shifty").blockedTools?.map(({ name }) => name)).toEqual(["extra"]);
    expect(journal().filter((line) => line.startsWith("call extra"))).toEqual([]);
    // Twenty notices in one go are one list.
    expect(journal().filter((line) => line === "list")).toHaveLength(3);
  });

  test("[M40] what was approved in an earlier life still counts, and what changed meanwhile is noticed at the first call", async () => {
    const pins = keptPins();
    const first = openHouse({ shifty: shifty() }, { pins });
    await first.add({ tool: "save", kind: "write" });
    await first.servers.close();
    const pinned = pins.kept.get("shifty");
    pins.kept.set("shifty", { ...pinned, save: "f".repeat(64) });
    const second = openHouse({ shifty: shifty() }, { pins, firstSight: "ask" });
    expect(await second.add({ tool: "save", kind: "write" })).toMatchObject({ error: { code: "tool_changed" } });
    expect(await second.add({ args: { name: "Ada" } })).toMatchObject({ status: "ok" });
  });

  test("[M40] who asks at first sight blocks every tool until it is approved", async () => {
    const { add, servers } = openHouse({ shifty: shifty() }, { firstSight: "ask" });
    expect(await add({ args: { name: "Ada" } })).toMatchObject({ error: { code: "tool_unapproved" } });
    const tools = await servers.listTools("shifty");
    expect(tools.every(({ blocked }) => blocked?.code === "tool_unapproved")).toBe(true);
    await servers.approveTools(
      "shifty",
      tools.map(({ hash }) => hash),
    );
    expect(await add({ args: { name: "Ada" } })).toMatchObject({ status: "ok" });
  });
});

describe("changes while running", () => {
  test("[M41] servers are added, removed, replaced and disabled while another works", async () => {
    const { servers, add, state } = openHouse({ shifty: shifty() });
    await add({ args: { name: "Ada" } });
    const { pid } = state("shifty");
    expect(servers.add("second", { ...shifty(), concurrency: 2 })).toEqual({ ok: true });
    expect(servers.add("second", shifty())).toMatchObject({ ok: false, error: { code: "server_exists" } });
    expect(servers.concurrencyByServer).toEqual({ second: 2 });
    const greet = () => add({ server: "second", args: { name: "Ada" } });
    expect((await greet()).status).toBe("ok");
    const old = state("second").pid;
    expect(await servers.replace("second", { ...shifty(), concurrency: 2 })).toEqual({ ok: true });
    expect(state("second").pid).toBe(old);
    expect(await servers.replace("second", { ...shifty(), concurrency: 3 })).toEqual({ ok: true });
    expect(servers.concurrencyByServer).toEqual({ second: 3 });
    expect((await greet()).status).toBe("ok");
    expect(state("second").pid).not.toBe(old);
    await servers.setDisabled("second", true);
    expect(state("second")).toMatchObject({ status: "disabled" });
    expect(await greet()).toMatchObject({ status: "failed", error: { code: "server_disabled" } });
    await servers.setDisabled("second", false);
    expect((await greet()).status).toBe("ok");
    expect(await servers.remove("second")).toEqual({ ok: true });
    expect(await greet()).toMatchObject({ status: "failed", error: { code: "server_unknown" } });
    expect(await servers.remove("second")).toMatchObject({ ok: false, error: { code: "server_unknown" } });
    expect(servers.concurrencyByServer).toEqual({});
    expect(state("shifty").pid).toBe(pid);
  });

  test("[M41] a trial says what it found, and leaves nothing behind", async () => {
    const { servers } = openHouse({});
    expect(await servers.test(shifty())).toMatchObject({
      ok: true,
      tools: expect.arrayContaining([expect.objectContaining({ name: "greet" })]),
    });
    expect(await servers.test({ command: "kingly-no-such-command" })).toMatchObject({
      ok: false,
      error: { code: "server_missing" },
    });
    expect(
      await servers.test(
        fixtureEntry("odd-server.ts", { args: [fixtureEntry("odd-server.ts").args?.[0] ?? "", "dies"] }),
      ),
    ).toMatchObject({
      ok: false,
      status: "failed",
      stderrTail: expect.stringContaining("cannot read its settings"),
    });
    expect(servers.states()).toEqual([]);
  });
});

describe("variables", () => {
  test("[M37] variables are filled in; a missing one is named, and given later it is used", async () => {
    const environment: Record<string, string> = { NODE: process.execPath };
    const entry = fixtureEntry("odd-server.ts", {
      command: "${NODE}",
      env: { JOURNAL: "${NOTES:-/dev/null}", TOKEN: "${MY_TOKEN}", PLAIN: "$HOME" },
    });
    const { add, state } = openHouse({ odd: entry }, { environment });
    expect(await add({ tool: "environment" })).toMatchObject({
      status: "failed",
      error: { code: "needs_config", message: expect.stringContaining("MY_TOKEN") },
    });
    expect(state("odd")).toMatchObject({ status: "needs-config", reason: { code: "needs_config" } });
    expect(state("odd").nextRetryAtMs).toBeUndefined();
    environment["MY_TOKEN"] = "s3cret-canary";
    expect(await add({ tool: "environment" })).toMatchObject({ status: "ok" });
  });

  test("[M37] a value is never shown: not in the reason, the error, the log or the stderr tail", async () => {
    const environment = { MY_TOKEN: "s3cret-canary" };
    const entry = {
      command: process.execPath,
      args: ["-e", "console.error(process.argv[1]); throw new Error(process.env.KEY)", "${MY_TOKEN}"],
      env: { KEY: "l1teral-canary" },
    };
    const { add, state, log } = openHouse({ odd: entry }, { environment });
    const outcome = await add({});
    expect(outcome.status).toBe("failed");
    const told = JSON.stringify([outcome, state("odd"), log.entries]);
    expect(told).toContain("[MY_TOKEN]");
    expect(told).not.toContain("canary");
  });

  test("[M37] what the arguments and the address tell as secret is never shown either", async () => {
    const { add, state, log } = openHouse({
      odd: {
        command: process.execPath,
        args: [
          "-e",
          "console.error(process.argv.join()); process.exit(1)",
          "--",
          "--api-key",
          "key-canary",
          "--token=token-canary",
          "SECRET=named-canary",
          "postgres://me:passw-canary@127.0.0.1/db",
        ],
      },
      far: { type: "http", url: "http://user:p%40ss-canary@127.0.0.1:9/mcp?api_key=query-canary&kind=shown" },
    });
    const outcomes = [await add({}), await add({ server: "far" })];
    expect(outcomes.map(({ status }) => status)).toEqual(["failed", "failed"]);
    const told = JSON.stringify([outcomes, state("odd"), state("far"), log.entries]);
    expect(told).not.toContain("canary");
    for (const shown of ["[api-key]", "--token=[token]", "kind=shown"]) expect(told).toContain(shown);
  });
});
