import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeHome } from "./harness.ts";

let home: string;
beforeEach(() => {
  home = makeHome();
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const token = "t".repeat(43);
const slowServer = join(import.meta.dirname, "fixtures/slow-server.ts");
const settings = (): string => join(home, "kingly.config.json");
let port = "1";
const servers = (...args: string[]): Promise<{ code: number; said: string }> =>
  new Promise((resolve) => {
    const program = join(import.meta.dirname, "../src/servers-command.ts");
    const env = { ...process.env, KINGLY_HOME: home, KINGLY_TOKEN: token, KINGLY_GATEWAY_PORT: port };
    execFile(process.execPath, [program, ...args], { env, cwd: home }, (error, out, problems) =>
      resolve({ code: error === null ? 0 : Number(error.code), said: out + problems }),
    );
  });

test(
  "[O84] a server is tried, added, listed, tried again and removed; the rest of the file stays",
  { timeout: 120_000 },
  async () => {
    writeFileSync(settings(), '{"keepEventDays":7}');
    const journal = join(home, "journal");
    const added = await servers("add", "slow", "--env", `JOURNAL=${journal}`, "--", process.execPath, slowServer);
    expect(added).toMatchObject({
      code: 0,
      said: expect.stringContaining(`trying: ${process.execPath} ${slowServer}`),
    });
    expect(added.said).toContain("quick");
    expect(JSON.parse(readFileSync(settings(), "utf8"))).toEqual({
      keepEventDays: 7,
      mcpServers: { slow: { command: process.execPath, args: [slowServer], env: { JOURNAL: journal } } },
    });
    expect((await servers("list")).said).toMatch(/memory +.*\n(?:.*\n)*slow +/);
    expect(await servers("test", "slow")).toMatchObject({ code: 0, said: expect.stringContaining("tools: ") });
    expect(await servers("add", "slow", "--", "x")).toMatchObject({
      code: 1,
      said: expect.stringContaining("already"),
    });
    expect((await servers("remove", "slow")).code).toBe(0);
    expect(JSON.parse(readFileSync(settings(), "utf8"))).toEqual({ keepEventDays: 7, mcpServers: {} });
  },
);

test(
  "[O84] what does not work is not added unless that is wanted; what is no command says what there is",
  { timeout: 120_000 },
  async () => {
    const broken = ["--", process.execPath, "-e", "console.error('no key'); process.exit(1)"];
    expect(await servers("add", "bad", ...broken)).toMatchObject({ code: 1, said: expect.stringContaining("no key") });
    expect(existsSync(settings())).toBe(false);
    const far = ["--url", "http://127.0.0.1:9/mcp", "--type", "sse", "--header", "Authorization: Bearer ${TOKEN}"];
    expect((await servers("add", "far", "--untested", ...far)).code).toBe(0);
    expect(JSON.parse(readFileSync(settings(), "utf8"))).toEqual({
      mcpServers: {
        far: { type: "sse", url: "http://127.0.0.1:9/mcp", headers: { Authorization: "Bearer ${TOKEN}" } },
      },
    });
    expect(await servers("test", "nobody")).toMatchObject({ code: 1, said: expect.stringContaining("nobody") });
    for (const args of [
      [],
      ["add", "x"],
      ["fly"],
      ["add", "x", "--url", "http://x", "--type", "pigeon"],
      ["list", "--no"],
    ]) {
      expect(await servers(...args)).toMatchObject({ code: 64, said: expect.stringContaining("Exit codes") });
    }
  },
);

test("[O84] an approval is said at the gateway, by the token of the home", { timeout: 60_000 }, async () => {
  const heard: unknown[] = [];
  const gateway = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      heard.push([request.url, request.headers.authorization, JSON.parse(body)]);
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
  port = String((gateway.address() as AddressInfo).port);
  const id = "tools.slow.0123456789abcdef";
  expect((await servers("approve", id)).code).toBe(0);
  expect(heard).toEqual([["/v1/utterances", `Bearer ${token}`, { text: `Approve ${id}`, command: `ap:${id}|yes` }]]);
  await new Promise((resolve) => gateway.close(resolve));
  expect(await servers("approve", id)).toMatchObject({ code: 1, said: expect.stringContaining("start it first") });
});
