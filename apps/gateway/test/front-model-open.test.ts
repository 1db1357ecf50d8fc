import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createSystemClock } from "@kingly/runtime";
import { createManualClock, createMemoryLog } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import type { FrontModelSettings } from "../src/config-front.ts";
import { checkFrontModel } from "../src/front-model/front-model-state.ts";
import { openFrontModel } from "../src/front-model/open-front-model.ts";
import type { FrontModel } from "../src/front-model/open-front-model.ts";
import { createMetrics } from "../src/metrics.ts";
import { createSnapshots } from "../src/snapshots.ts";
import { startFakeOrchestrator } from "./fake-orchestrator.ts";
import { hearModel } from "./front-house.ts";
import { refinedOf, sentOf, text } from "./front-side.ts";
import { later, makeFolder } from "./house.ts";
import { openSide } from "./workspace-house.ts";

const key = "sk-front-41c7";

interface ModelServer {
  readonly url: string;
  readonly asked: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }[];
}

/** A server on this machine that streams chat completions, or answers as it is told. */
async function startModelServer(answer: (response: ServerResponse) => void = sayYes): Promise<ModelServer> {
  const asked: ModelServer["asked"] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      asked.push({ path: request.url ?? "", headers: request.headers, body });
      if (request.method === "POST") answer(response);
      else response.end('{"object":"list","data":[{"id":"local-7b","object":"model"}]}');
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  later(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked };
}

function sayYes(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const [delta, finish_reason] of [
    [{ reasoning_content: "[Do: tc:A thought|research]" }, null],
    [{ content: "Rivers bring salt." }, null],
    [{}, "stop"],
  ]) {
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
  }
  response.end("data: [DONE]\n\n");
}

const open = (
  settings: FrontModelSettings,
  environment: Readonly<Record<string, string>> = {},
): FrontModel & { readonly log: ReturnType<typeof createMemoryLog> } => {
  const log = createMemoryLog();
  return { ...openFrontModel({ clock: createSystemClock(), log, fetch, environment }, settings), log };
};
const proseOf = async ({ channel }: FrontModel): Promise<string> => {
  let prose = "";
  for await (const event of channel.think({ text, untrusted: [] })) {
    if (event.kind === "prose") prose += event.text;
    else if (event.kind === "command") prose += "COMMAND";
  }
  return prose;
};

describe("the settings of a real front model", () => {
  const faultOf = (frontModel: unknown): string => {
    const home = makeFolder();
    writeFileSync(join(home, "kingly.config.json"), JSON.stringify({ frontModel }));
    const read = readConfig(home, home);
    return read.ok ? "none" : read.message;
  };

  test("[G80] a provider with its model, or auto, is taken as it is", () => {
    for (const settings of [
      "auto",
      { provider: "anthropic" },
      { provider: "anthropic", model: "claude-haiku-5-5", apiKeyEnv: "MY_KEY", effort: "medium", maxOutputTokens: 500 },
      { provider: "openai-compatible", baseUrl: "http://127.0.0.1:11434/v1", model: "qwen3:4b" },
    ]) {
      const home = makeFolder();
      writeFileSync(join(home, "kingly.config.json"), JSON.stringify({ frontModel: settings }));
      expect(readConfig(home, home)).toEqual({ ok: true, frontModel: settings });
    }
  });

  test.each([
    ["on", "/frontModel must be"],
    [{ provider: "nobody" }, "/frontModel/provider"],
    [{ provider: "openai-compatible", model: "m" }, "/frontModel/baseUrl"],
    [{ provider: "openai-compatible", baseUrl: "http://127.0.0.1:1/v1" }, "/frontModel/model"],
    [{ provider: "openai-compatible", baseUrl: "file:///etc", model: "m" }, "/frontModel/baseUrl"],
    [{ provider: "openai-compatible", baseUrl: `https://u:${key}@host`, model: "m" }, "/frontModel/baseUrl"],
    [{ provider: "anthropic", apiKey: key }, "must be in the environment"],
    [{ provider: "anthropic", apiKeyEnv: key }, "not a key"],
    [{ provider: "anthropic", model: "" }, "/frontModel/model"],
    [{ provider: "anthropic", maxOutputTokens: 0 }, "/frontModel/maxOutputTokens"],
    [{ provider: "anthropic", maxTokensPerDay: "all" }, "/frontModel/maxTokensPerDay"],
    [{ provider: "anthropic", effort: "max" }, "/frontModel/effort"],
    [{ provider: "anthropic", temperature: 0 }, "(temperature)"],
  ])("[G80] what is wrong with %j is said in one sentence, and no key in it", (settings, part) => {
    const message = faultOf(settings);
    expect(message).toContain(part);
    expect(message).toContain("mend it, or move it away");
    expect(message).not.toContain(key);
  });
});

describe("a real front model", () => {
  test("[G80][G18] it is asked with the key of its variable; what it thinks is neither shown nor done", async () => {
    const server = await startModelServer();
    const settings = { provider: "openai-compatible", baseUrl: server.url, model: "m", apiKeyEnv: "MY_KEY" } as const;
    const front = open(settings, { MY_KEY: key, ANTHROPIC_API_KEY: "sk-other" });
    expect([front.channel.isReady?.(), front.state().state]).toEqual([false, "opening"]);
    await front.opened;
    expect([front.channel.isReady?.(), await proseOf(front)]).toEqual([true, "Rivers bring salt."]);
    const [request] = server.asked;
    expect(request?.headers.authorization).toBe(`Bearer ${key}`);
    expect(JSON.parse(request?.body ?? "")).toMatchObject({ model: "m", max_tokens: 2000, stream: true });
    expect(front.state()).toEqual({
      state: "ready",
      name: "m",
      tokens: { spent: expect.any(Number), most: 1_000_000 },
      breaker: { state: "closed", failures: 0, retryAfterMs: 0 },
    });
    expect(JSON.stringify(front.log.entries)).not.toContain(key);
  });

  test("[G80] without its key, or with nothing found, there is none, and it is said why", async () => {
    const keyless = open({ provider: "anthropic" });
    await keyless.opened;
    expect(keyless.state()).toMatchObject({ state: "missing", why: expect.stringContaining("ANTHROPIC_API_KEY") });
    expect(await proseOf(keyless)).toBe("");
    const nobody = openFrontModel(
      {
        clock: createManualClock(),
        log: createMemoryLog(),
        fetch: async () => Promise.reject(new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") })),
        environment: {},
      },
      "auto",
    );
    await nobody.opened;
    expect(nobody.state()).toMatchObject({ state: "missing", why: expect.stringContaining("Ollama: nothing listens") });
    expect(nobody.channel.isReady?.()).toBe(false);
  });

  test("[G80] auto takes the first that the environment names", async () => {
    const server = await startModelServer();
    const front = open("auto", { KINGLY_MODEL_URL: server.url });
    await front.opened;
    expect([front.state().name, await proseOf(front)]).toEqual(["local-7b", "Rivers bring salt."]);
  });

  test("[G81][G82] after 3 failures it is asked no more for a while, and what is said goes to the back at once", async () => {
    const server = await startModelServer((response) => response.writeHead(500).end());
    const fake = await startFakeOrchestrator();
    let front: FrontModel | undefined;
    const side = await openSide(fake, {
      front: (deps) => {
        const settings = { provider: "openai-compatible", baseUrl: server.url, model: "m" } as const;
        front = openFrontModel({ ...deps, fetch, environment: {} }, settings);
        return front.channel;
      },
    });
    await front?.opened;
    for (const id of ["a", "b", "c"]) expect(await refinedOf(await side.say(id, `${text}, ${id}`))).toBeUndefined();
    expect(server.asked).toHaveLength(3);
    const state = front?.state();
    expect(state?.breaker).toMatchObject({ state: "open", failures: 3 });
    const late = await side.say("d", `${text}, d`);
    expect(late.ok && late.refined).toBeUndefined();
    await side.until(() => sentOf(fake).length === 4);
    expect(server.asked).toHaveLength(3);
    expect(state && checkFrontModel(state)).toEqual({
      name: "front model",
      optional: true,
      ok: false,
      detail: expect.stringMatching(/^m, breaker open, 0 of 1000000 tokens in 24 h$/),
      why: "It failed too often and is asked again in 30 s.",
    });
  });

  test("[G83] it uses no more tokens in 24 h than it may; then the back reads at once", async () => {
    const server = await startModelServer();
    const most = 12_000;
    const front = open({ provider: "openai-compatible", baseUrl: server.url, model: "m", maxTokensPerDay: most });
    await front.opened;
    let count = 0;
    for (; front.channel.isReady?.() === true && count < 100; count += 1) await proseOf(front);
    expect(count).toBeGreaterThan(1);
    expect(count).toBeLessThan(100);
    const state = front.state();
    expect(state.tokens?.spent).toBeLessThanOrEqual(most);
    expect(checkFrontModel(state)).toMatchObject({ ok: false, why: "It has used its tokens of 24 h." });
    expect(server.asked).toHaveLength(count);
  });

  test("[G82] a check and a gauge say which one answers, or why none does", async () => {
    const breaker = { state: "closed", retryAfterMs: 0 } as const;
    const check = { name: "front model", optional: true };
    expect(checkFrontModel({ state: "ready", name: "m", breaker })).toEqual({
      ...check,
      ok: true,
      detail: "m, breaker closed",
    });
    expect(checkFrontModel({ state: "ready", name: "scripted" })).toEqual({ ...check, ok: true, detail: "scripted" });
    expect(checkFrontModel({ state: "missing", name: undefined, why: "it has no key" })).toEqual({
      ...check,
      ok: false,
      why: "No front model answers: it has no key. The back reads instead.",
    });
    const rates = { refused: () => ({ say: 0, ask: 0, draft: 0, open: 0 }) };
    const frontModel = () => ({ state: "ready", name: "m", breaker }) as const;
    const metrics = createMetrics({ all: () => [] }, () => 0, {
      rates,
      budget: { refused: () => 0 },
      snapshots: createSnapshots(),
      frontModel,
    });
    expect((await metrics.text()).body).toContain('kingly_front_model_asked{model="m",breaker="closed"} 1');
  });

  test("[G18] thinking is never taken for text, nor for a command", async () => {
    const clock = createManualClock();
    async function* stream() {
      yield { kind: "thinking", text: "[Do: tc:Ask the sea|research]" } as const;
      yield { kind: "text", text: "Salt." } as const;
      yield { kind: "done", stopReason: "end" } as const;
    }
    expect(await hearModel({ name: "m", stream }, {}, clock)).toMatchObject({ prose: "Salt.", commands: [] });
  });

  test("[G80][G81][G82] a gateway with one says so, and its key is in no log and no answer", async () => {
    const server = await startModelServer();
    const home = makeFolder();
    const ports = await Promise.all([freePort(), freePort()]);
    const frontModel = { provider: "openai-compatible", baseUrl: server.url, model: "m", apiKeyEnv: "MY_KEY" };
    writeFileSync(join(home, "kingly.config.json"), JSON.stringify({ frontModel }));
    const child = fork(join(import.meta.dirname, "../src/main.ts"), {
      cwd: home,
      env: {
        ...process.env,
        KINGLY_HOME: home,
        KINGLY_LOG: "debug",
        KINGLY_GATEWAY_PORT: String(ports[0]),
        KINGLY_ORCHESTRATOR_PORT: String(ports[1]),
        MY_KEY: key,
      },
      execArgv: [],
      silent: true,
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    later(() => child.kill("SIGKILL"));
    await once(child, "message");
    let body = "";
    while (!body.includes("breaker closed")) {
      body = await (await fetch(`http://127.0.0.1:${ports[0]}/readyz`)).text();
    }
    expect(JSON.parse(body)).toMatchObject({
      checks: expect.arrayContaining([
        { name: "front model", optional: true, ok: true, detail: "m, breaker closed, 0 of 1000000 tokens in 24 h" },
      ]),
    });
    expect(server.asked).toEqual([]);
    child.kill("SIGTERM");
    await once(child, "exit");
    expect(said).toContain("the front model is there");
    expect(said + body).not.toContain(key);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
