import { createManualClock } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { collect, detectModels, openModel } from "../src/index.ts";
import type { Detection, Environment, LocalServer } from "../src/index.ts";
import { ask, codeOf } from "./around-house.ts";
import { answerOpenAi } from "./wire/openai-wire.ts";
import { startWireServer } from "./wire/wire-server.ts";
import type { WireServer } from "./wire/wire-server.ts";

const deps = () => ({ clock: createManualClock(), fetch });
const json = (body: unknown): Promise<WireServer> =>
  startWireServer((response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
const model = (id: string): object => ({ id, object: "model", owned_by: "llamacpp" });
const list = (...ids: readonly string[]): object => ({ object: "list", data: ids.map(model) });
const detect = (environment: Environment, servers: readonly LocalServer[] = []): Promise<Detection> =>
  detectModels(deps(), { environment, servers });
const whyOf = (detection: Detection, where: string): string =>
  detection.missing.find((one) => one.where === where)?.why ?? "it was found";

describe("opening a model", () => {
  test("[L29] settings name the variable of the key; the key comes from the environment that is given", async () => {
    const server = await startWireServer((response) =>
      answerOpenAi(response, {
        events: [
          { kind: "text", text: "Yes." },
          { kind: "done", stopReason: "end" },
        ],
      }),
    );
    const settings = { provider: "openai-compatible", baseUrl: `${server.url}/v1`, model: "local" } as const;
    const opened = await openModel(deps(), { ...settings, apiKeyEnv: "MY_KEY" }, { MY_KEY: " sk-mine\n" });
    expect([opened.name, (await collect(opened, ask())).text]).toEqual(["local", "Yes."]);
    expect(server.requests[0]?.headers.authorization).toBe("Bearer sk-mine");
    await collect(await openModel(deps(), settings, { MY_KEY: "sk-mine" }), ask());
    expect(server.requests[1]?.headers).not.toHaveProperty("authorization");
    await server.close();
    expect(await codeOf(openModel(deps(), { ...settings, apiKeyEnv: "MY_KEY" }, { MY_KEY: " " }))).toBe("unauthorized");
    expect(await codeOf(openModel(deps(), { provider: "anthropic" }, {}))).toBe("unauthorized");
    const claude = await openModel(deps(), { provider: "anthropic" }, { ANTHROPIC_API_KEY: "k" });
    expect(claude.name).toBe("claude-haiku-5-5");
  });
});

describe("detection", () => {
  test("[L30] nothing there is nothing found, with the reason for each", async () => {
    const gone = await json({});
    await gone.close();
    const detection = await detect({}, [{ name: "Ollama", url: gone.url, kind: "ollama" }]);
    expect(detection).toEqual({
      found: [],
      missing: [
        { where: "environment: KINGLY_MODEL_URL", why: "it is not set" },
        { where: "environment: ANTHROPIC_API_KEY", why: "it is not set" },
        { where: "environment: OPENAI_API_KEY", why: "it is not set" },
        { where: "Ollama", why: "nothing listens there" },
      ],
    });
  });

  test("[L30] local servers are asked in their own way; what only embeds is left out", async () => {
    const ollama = await json({
      models: [
        { name: "nomic-embed-text:latest", digest: "1" },
        { name: "qwen3:4b", digest: "2" },
      ],
    });
    const llama = await json(list("gemma.gguf"));
    const detection = await detect({}, [
      { name: "Ollama", url: ollama.url, kind: "ollama" },
      { name: "llama-server", url: llama.url, kind: "openai" },
    ]);
    expect(detection.found).toEqual([
      {
        where: "Ollama",
        settings: { provider: "openai-compatible", baseUrl: `${ollama.url}/v1`, model: "qwen3:4b" },
        models: ["qwen3:4b"],
      },
      {
        where: "llama-server",
        settings: { provider: "openai-compatible", baseUrl: `${llama.url}/v1`, model: "gemma.gguf" },
        models: ["gemma.gguf"],
      },
    ]);
    expect([ollama.requests[0]?.path, llama.requests[0]?.path]).toEqual(["/api/tags", "/v1/models"]);
    await Promise.all([ollama.close(), llama.close()]);
  });

  test.each<[string, LocalServer["kind"], unknown]>([
    ["a page", "openai", "<html>hello</html>"],
    ["another JSON", "openai", { status: "ok" }],
    ["a list of something else", "openai", { object: "list", data: [{ id: 7, object: "model" }] }],
    ["users", "openai", { object: "list", data: [{ id: "ann", object: "user" }] }],
    ["a list without its mark", "openai", { data: [model("x")] }],
    ["names without what Ollama says of them", "ollama", { models: [{ name: "x" }] }],
    ["null", "ollama", "null"],
    ["far too much", "openai", { ...list("x"), padding: "x".repeat(2_000_000) }],
  ])("[L30] any program may listen there: %s is no model", async (_what, kind, body) => {
    const server = await json(body);
    const detection = await detect({}, [{ name: "it", url: server.url, kind }]);
    await server.close();
    expect([detection.found, whyOf(detection, "it")]).toEqual([[], "it does not answer as such a server does"]);
  });

  test("[L30] an empty list, a refusal, a redirect and a broken address have their reasons", async () => {
    const empty = await json(list("text-embedding-3"));
    const refusing = await startWireServer((response) => response.writeHead(401).end());
    const other = await json(list("x"));
    const moved = await startWireServer((response) => response.writeHead(302, { location: other.url }).end());
    const at = (name: string, url: string): LocalServer => ({ name, url, kind: "openai" });
    const detection = await detect({}, [
      at("empty", empty.url),
      at("refusing", refusing.url),
      at("moved", moved.url),
      at("broken", "127.0.0.1"),
      at("far", "http://192.0.2.1:8080"),
      at("trick", "http://127.0.0.1.example.com"),
    ]);
    expect(["empty", "refusing", "moved", "broken", "far", "trick"].map((name) => whyOf(detection, name))).toEqual([
      "it has no model that speaks",
      "it answered with 401",
      expect.stringContaining("it cannot be asked"),
      "its address is no URL",
      "it is not on this machine and is not asked",
      "it is not on this machine and is not asked",
    ]);
    expect(other.requests).toHaveLength(0);
    await Promise.all([empty, refusing, other, moved].map((server) => server.close()));
  });

  test("[L30] everything together takes the budget at most: who hangs is not waited for", async () => {
    const clock = createManualClock();
    const hanging = await startWireServer(() => {});
    const well = await json(list("x"));
    const finding = detectModels(
      { clock, fetch },
      {
        environment: {},
        servers: [
          { name: "hanging", url: hanging.url, kind: "openai" },
          { name: "well", url: well.url, kind: "openai" },
        ],
      },
    );
    while (hanging.requests.length === 0 || well.requests.length === 0) await turn();
    for (let turns = 0; turns < 50; turns += 1) await turn();
    await clock.advanceAsync(150);
    const detection = await finding;
    expect(detection.found.map(({ where }) => where)).toEqual(["well"]);
    expect(whyOf(detection, "hanging")).toBe("it did not answer within 150 ms");
    await hanging.left();
    expect(clock.pendingTimers()).toBe(0);
    await Promise.all([hanging.close(), well.close()]);
  });

  test("[L30] the environment comes first, and holds keys only: no found model shows one", async () => {
    const server = await json(list("local-7b"));
    const environment = {
      KINGLY_MODEL_URL: `${server.url}/v1/`,
      KINGLY_MODEL_KEY: "sk-kingly",
      ANTHROPIC_API_KEY: "sk-anthropic",
      OPENAI_API_KEY: "sk-openai",
      OPENAI_MODEL: "gpt-x",
    };
    const local = { name: "llama-server", url: server.url, kind: "openai" } as const;
    const { found } = await detect(environment, [local]);
    expect(found.map(({ where, settings }) => [where, settings])).toEqual([
      [
        "environment: KINGLY_MODEL_URL",
        {
          provider: "openai-compatible",
          baseUrl: `${server.url}/v1`,
          model: "local-7b",
          apiKeyEnv: "KINGLY_MODEL_KEY",
        },
      ],
      ["environment: ANTHROPIC_API_KEY", { provider: "anthropic" }],
      [
        "environment: OPENAI_BASE_URL",
        {
          provider: "openai-compatible",
          baseUrl: "https://api.openai.com/v1",
          model: "gpt-x",
          apiKeyEnv: "OPENAI_API_KEY",
        },
      ],
      ["llama-server", { provider: "openai-compatible", baseUrl: `${server.url}/v1`, model: "local-7b" }],
    ]);
    expect(JSON.stringify(found)).not.toContain("sk-");
    // A key goes to the address it was given for; the same server, found by its port, gets none.
    const sent = server.requests.map(({ headers }) => headers.authorization ?? "none");
    expect(sent.toSorted((a, b) => a.localeCompare(b))).toEqual(["Bearer sk-kingly", "none"]);
    await server.close();
  });

  test("[L30] a far server is never asked: it needs the name of its model", async () => {
    const asked: string[] = [];
    const detection = await detectModels(
      {
        clock: createManualClock(),
        fetch: async (url) => {
          asked.push(url instanceof Request ? url.url : url.toString());
          return Promise.reject(new Error("no network"));
        },
      },
      { environment: { KINGLY_MODEL_URL: "https://models.example/v1", OPENAI_API_KEY: "sk-openai" }, servers: [] },
    );
    expect([detection.found, asked]).toEqual([[], []]);
    expect(whyOf(detection, "environment: KINGLY_MODEL_URL")).toBe(
      "it is not on this machine and is not asked; KINGLY_MODEL names no model either",
    );
  });
});

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
