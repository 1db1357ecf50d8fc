import { get } from "node:http";
import type { IncomingMessage } from "node:http";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endHouse, makeHome, openHouse } from "./harness.ts";
import type { House } from "./harness.ts";
import { startProtectedServer } from "./protected-server.ts";
import type { ProtectedServer } from "./protected-server.ts";
import { writeWorkflow } from "./slow-house.ts";

const token = "a-token-for-the-tests-of-consent";
let home: string;
let port: number;
let far: ProtectedServer;
let house: House | undefined;
const children = new Set<ChildProcess>();

beforeEach(async () => {
  home = makeHome();
  far = await startProtectedServer();
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  ({ port } = probe.address() as AddressInfo);
  probe.close();
  await once(probe, "close");
});
afterEach(async () => {
  for (const child of children) await end(child);
  children.clear();
  if (house !== undefined) await endHouse(house);
  house = undefined;
  await far.close();
  rmSync(home, { recursive: true, force: true });
});

const program = (file: string, args: readonly string[] = [], stdio: "ipc" | "pipe" = "pipe"): ChildProcess => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../src", file), ...args], {
    cwd: home,
    env: {
      ...process.env,
      KINGLY_HOME: home,
      KINGLY_ORCHESTRATOR_PORT: String(port),
      KINGLY_TOKEN: token,
      KINGLY_LOG: "warn",
    },
    stdio: stdio === "ipc" ? ["ignore", "pipe", "pipe", "ipc"] : ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  return child;
};
const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
};
/** Starts the orchestrator; the answer gives all that it logged. */
const orchestrator = async (): Promise<{ child: ChildProcess; said: () => string }> => {
  const child = program("main.ts", [], "ipc");
  const said = hear(child);
  await Promise.race([once(child, "message"), once(child, "exit").then(() => Promise.reject(new Error(said())))]);
  return { child, said };
};
const hear = (child: ChildProcess): (() => string) => {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
};
/** Runs the command line to its end. */
const servers = async (...args: string[]): Promise<{ code: number | null; said: string }> => {
  const child = program("servers-command.ts", args);
  const said = hear(child);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said: said() };
};
const settings = (): void => {
  const off = { command: "x", disabled: true };
  const mcpServers = { memory: off, files: off, far: { type: "http", url: far.url } };
  writeFileSync(join(home, "kingly.config.json"), JSON.stringify({ mcpServers }));
};
const path = (): string => join(home, "authorizations.json");

test(
  "[O87][O86][O85] a person consents by the command line, also when the orchestrator is killed and started again meanwhile",
  { timeout: 120_000 },
  async () => {
    settings();
    expect(await servers("authorize", "far")).toMatchObject({
      code: 1,
      said: expect.stringContaining("start it first"),
    });
    const first = await orchestrator();
    let listed = "";
    const list = async (): Promise<string> => (listed = (await servers("list")).said);
    await expect
      .poll(list, { timeout: 60_000 })
      .toMatch(/far +\(needs-auth: .*servers-command\.ts authorize far\) http/);
    // Everybody can read this: it says what to do, and holds no address that a consent could be stolen by.
    const ready = await (await fetch(`http://127.0.0.1:${port}/readyz`)).text();
    expect(ready).toContain("servers-command.ts authorize far");
    expect(ready).not.toContain("code_challenge");
    const child = program("servers-command.ts", ["authorize", "far"]);
    const said = hear(child);
    await expect.poll(said, { timeout: 60_000 }).toContain("Waiting for the answer");
    const url = /^http.*$/m.exec(said())?.[0] ?? "";
    const callback = await far.consent(url);
    expect(callback).toMatch(`http://127.0.0.1:${port}/oauth/callback?`);

    await end(first.child);
    const second = await orchestrator();
    // Who only looks does not use the answer up; who guesses gets nothing.
    expect((await fetch(callback, { method: "HEAD" })).status).toBe(200);
    const image = get(callback, { headers: { "sec-fetch-mode": "no-cors" } });
    const [answer] = (await once(image, "response")) as [IncomingMessage];
    expect([answer.resume().statusCode, far.exchanges]).toEqual([400, 0]);
    const wrong = await fetch(callback.replace(/state=.{4}/, "state=AAAA"));
    expect([wrong.status, far.exchanges]).toEqual([400, 0]);
    const page = await fetch(callback);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await page.text()).toBe("far is authorized, and ready now. You can close this page.\n");
    const exit = await (child.exitCode === null ? once(child, "close") : [child.exitCode]);
    expect([exit[0], said()]).toEqual([0, expect.stringMatching(/far is (authorized, and ready now|ready)/)]);
    const again = await fetch(callback);
    expect([again.status, await again.text(), far.exchanges]).toEqual([
      400,
      expect.stringContaining("Not authorized."),
      1,
    ]);

    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(readFileSync(path(), "utf8")).toContain([...far.tokens][0]);
    expect((await servers("list")).said).toMatch(/far +\(ready\) http/);
    expect(await servers("authorize", "far")).toMatchObject({
      code: 0,
      said: "far is ready; there is nothing to consent to.\n",
    });
    expect((await servers("authorize", "nobody")).said).toContain("There is no server nobody.");
    const everything = [first.said(), second.said(), said(), listed].join("\n");
    for (const secret of far.tokens) expect(everything).not.toContain(secret);

    expect((await servers("sign-out", "far")).code).toBe(0);
    expect(readFileSync(path(), "utf8")).toBe("{}\n");
    expect((await servers("authorize", "nobody")).code).toBe(1);
    expect((await servers("list")).said).toMatch(/far +\((idle|needs-auth: .*)\) http/);
  },
);

test(
  "[O86] the callback takes a consent without a token of the home, and the other routes take none without it",
  { timeout: 60_000 },
  async () => {
    settings();
    await orchestrator();
    const at = (route: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${route}`, init);
    expect((await at("/oauth/callback?code=x&state=y")).status).toBe(400);
    expect((await at("/oauth/callback/more")).status).toBe(401);
    expect((await at("/v1/servers/far/authorize", { method: "POST" })).status).toBe(401);
    expect((await at("/v1/servers/far/authorization", { method: "DELETE" })).status).toBe(401);
    expect((await at("/v1/servers")).status).toBe(401);
  },
);

const openHere = async (): Promise<House> => {
  house = await openHouse({
    home,
    mcpServers: { far: { type: "http", url: far.url } },
    redirectUrl: "http://127.0.0.1:9/oauth/callback",
  });
  return house;
};

test("[O88] a step that needs a consent fails and says which server and how; after the consent it does its work", async () => {
  writeWorkflow(
    home,
    "notes.yaml",
    "id: notes\nname: notes\nsteps:\n  - { id: read, kind: mcp, server: far, tool: read_notes }\n",
  );
  const here = await openHere();
  const { servers: all } = here;
  await here.say("wf#W1:notes");
  await here.idle();
  const told = here.linesOf("W1").find((line) => line.startsWith("er#"));
  expect(told).toContain("A person must consent in a browser");
  expect(told).toContain("servers-command.ts authorize far");
  expect(far.calls).toBe(0);
  const callback = await far.consent(all.states()[0]?.authorizationUrl ?? "");
  expect(await all.finishAuthorization(callback)).toMatchObject({ ok: true, status: "ready" });
  await here.say("re#R1:run_W1");
  await here.idle();
  expect(here.linesOf("R1").at(-1)).toBe("tc#R1:run_R1|success|{}");
  expect(far.calls).toBe(1);
});

test("[O85] tokens are no part of the database, and nothing that a model hears or a line tells", async () => {
  const { servers: all, back } = await openHere();
  await all.listTools("far").catch(() => {});
  await all.finishAuthorization(await far.consent(all.states()[0]?.authorizationUrl ?? ""));
  const [secret = ""] = far.tokens;
  expect(secret).not.toBe("");
  expect(readFileSync(path(), "utf8")).toContain(secret);
  expect(back.mind.scrub.clean(`the server says ${secret}`)).toBe("the server says [secret]");
  await back.database.write((unit) => unit.run("PRAGMA wal_checkpoint(TRUNCATE)")).catch(() => {});
  for (const file of ["kingly.db", "kingly.db-wal"]) {
    if (existsSync(join(home, file))) expect(readFileSync(join(home, file), "latin1")).not.toContain(secret);
  }
  await house?.close();
  // A broken file counts as empty, is told without its words, and is not written over.
  const broken = `{"far": {"tokens": "${secret}"`;
  writeFileSync(path(), broken);
  const { servers: later, log } = await openHere();
  await later.listTools("far").catch(() => {});
  expect(later.states()[0]?.status).toBe("needs-auth");
  expect(readFileSync(path(), "utf8")).toBe(broken);
  const told = JSON.stringify(log.entries);
  expect(told).toContain("the authorizations of servers cannot be read");
  expect(told).not.toContain(secret);
});
