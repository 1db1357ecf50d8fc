import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LlmError } from "@kingly/llm";
import { createSystemClock } from "@kingly/runtime";
import type { Clock } from "@kingly/runtime";
import { afterEach, describe, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { metricsText } from "../src/metrics.ts";
import type { OpenModel } from "../src/mind/open-brains.ts";
import { openForesight } from "../src/predictions/open-foresight.ts";
import { endHouse, makeHome, openHouse } from "./harness.ts";
import { oneShot, openMindHouse } from "./mind-house.ts";
import type { MindHouse } from "./mind-house.ts";

let house: MindHouse | undefined;
afterEach(async () => {
  if (house !== undefined) await endHouse(house);
  house = undefined;
});

describe("settings", () => {
  const home = makeHome();
  const read = (file: object): ReturnType<typeof readConfig> => {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, "kingly.config.json"), JSON.stringify(file));
    return readConfig(home, home);
  };
  test("[O41][O18] models, tools, limits and budgets are read from the file", () => {
    const file = {
      oneShotFrom: 0.7,
      backModels: [
        { name: "big", provider: "anthropic", model: "claude-opus-5-5", apiKeyEnv: "MY_KEY", purposes: ["work"] },
        { name: "small", provider: "openai-compatible", baseUrl: "http://127.0.0.1:11434/v1", maxTokensPerDay: 1000 },
        { name: "toy", provider: "scripted", script: [{ reply: [{ kind: "tool_call", name: "recall" }] }] },
      ],
      tools: { "mail.*": "ask", "mail.send": "deny" },
      taskWork: { maxRounds: 5 },
      budgets: { day: { usd: 3 } },
    };
    expect(read(file)).toMatchObject({ ok: true, config: { ...file, shippedServers: ["memory", "files"] } });
    expect(read({ mcpServers: { memory: { command: "mine" } } })).toMatchObject({
      config: { shippedServers: ["files"] },
    });
  });

  test.each([
    [{ backModels: [{ name: "x" }] }, "provider"],
    [{ backModels: [{ name: "x", provider: "magic" }] }, "provider"],
    [{ backModels: [{ name: "x", provider: "anthropic", apiKey: "sk" }] }, "apiKey"],
    [{ backModels: [{ name: "x", provider: "anthropic", purposes: ["everything"] }] }, "purposes"],
    [{ backModels: [{ name: "x", provider: "openai-compatible", baseUrl: "file:///x" }] }, "baseUrl"],
    [{ tools: { send: "allow" } }, "tools"],
    [{ tools: { "mail.send": "maybe" } }, "mail.send"],
    [{ oneShotFrom: 2 }, "oneShotFrom"],
    [{ taskWork: { maxRounds: 0 } }, "maxRounds"],
    [{ budgets: { month: {} } }, "month"],
  ])("[O41][O18] %j is told with its place", (file, part) => {
    const answer = read(file);
    expect(answer).toMatchObject({ ok: false, message: expect.stringContaining(part) });
  });
});

describe("which model is asked", () => {
  test("[O41] by purpose, then the next one when it fails; metrics and readiness name each", async () => {
    house = await openMindHouse({
      script: [],
      config: {},
      more: {
        config: {
          backModels: [
            {
              name: "away",
              provider: "scripted",
              purposes: ["assess", "work"],
              script: [{ reply: [{ kind: "error" }] }],
            },
            {
              name: "judge",
              provider: "scripted",
              purposes: ["assess"],
              script: [oneShot],
              price: { input: 1, output: 1 },
            },
            { name: "worker", provider: "scripted", purposes: ["work"], script: [{ reply: "Done." }] },
          ],
        },
      },
    });
    for (let task = 1; task <= 5; task += 1) {
      await house.say(`tc#A${task}:Do it ${task}`);
      await house.idle();
    }
    const told = house.told().flatMap(({ event }) => (event.op === "task_complete" ? [event.next_steps] : []));
    expect(told).toHaveLength(5);
    expect(told[0]).toMatchObject({ by: "worker" });
    const states = house.back.mind.brains.states();
    expect(states.map(({ name, breaker, answersToday }) => [name, breaker, answersToday])).toEqual([
      ["away", "open", 0],
      ["judge", "closed", 5],
      ["worker", "closed", 5],
    ]);
    expect(states[1]?.usdToday).toBeGreaterThan(0);
    const { text = "" } = (await metricsText(
      { ...house, foresight: openForesight(house.back, house.servers, false) },
      () => 0,
    )) as { readonly text?: string };
    expect(text).toContain('kingly_model_closed{model="away"} 0');
    expect(text).toContain('kingly_model_answers_today{model="worker"} 5');
    expect(await house.ask("readiness")).toContainEqual(
      expect.objectContaining({ name: "model away", ok: false, optional: true }),
    );
  });

  test("[O41] work waits while the only model is not asked because it failed too often, and uses up no attempt", async () => {
    // Its waits are a tenth as long.
    const system = createSystemClock();
    const clock: Clock = {
      nowMs: () => system.nowMs(),
      monotonicMs: () => system.monotonicMs() * 10,
      setTimer: (afterMs, fire) => system.setTimer(afterMs / 10, fire),
    };
    let asked = 0;
    let isAway = true;
    const openModel: OpenModel = ({ name }) => ({
      name,
      async *stream() {
        asked += 1;
        if (isAway) throw new LlmError("model_unavailable", "It is away.");
        yield { kind: "text", text: "Done." };
        yield { kind: "done", stopReason: "end" };
      },
    });
    const opened = await openHouse({
      clock,
      openModel,
      config: {
        backModels: [{ name: "brain", provider: "scripted", purposes: ["work"] }],
        oneShotFrom: 0,
        taskWork: { maxAttempts: 1 },
      },
    });
    const request = { messages: [{ role: "user" as const, text: "Are you there?" }] };
    for (let failure = 1; failure <= 5; failure += 1) {
      const asking = opened.back.mind.brains.ask({ purpose: "work", workspaceId: "default", request });
      await expect(asking).rejects.toThrow("It is away.");
    }
    isAway = false;
    await opened.say("tc#A1:Sketch a harbour");
    await opened.idle();
    const ops = opened.told().map(({ event }) => event.op);
    await endHouse(opened);
    expect(ops).not.toContain("error");
    expect(ops).toContain("task_complete");
    expect(asked).toBe(6);
  });

  test("[O42] a model whose day is spent is not asked; another one is", async () => {
    house = await openMindHouse({
      script: [],
      more: {
        config: {
          backModels: [
            { name: "small", provider: "scripted", maxTokensPerDay: 10, script: [oneShot, { reply: "Small." }] },
            { name: "large", provider: "scripted", script: [oneShot, { reply: "Large." }] },
          ],
        },
      },
    });
    await house.say("tc#A1:Do it");
    await house.idle();
    expect(house.told().at(-1)?.event).toMatchObject({ next_steps: { by: "large" } });
  });

  test("[O41][O43] a real server of chat completions works a task, with its key from the environment and nowhere else", async () => {
    const asked: { readonly headers: unknown; readonly body: string }[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        asked.push({ headers: request.headers, body });
        const delta =
          asked.length === 1
            ? { content: '{"intentType":"x","complexity":0.2,"confidence":0.9}' }
            : asked.length === 2
              ? { tool_calls: [{ index: 0, id: "c1", function: { name: "rec__look", arguments: '{"at":1}' } }] }
              : { content: "It is there." };
        const reason = "tool_calls" in delta ? "tool_calls" : "stop";
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`);
        response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: reason }] })}\n\n`);
        response.write(
          `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 50, completion_tokens: 5 } })}\n\n`,
        );
        response.end("data: [DONE]\n\n");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const key = "sk-canary-0123456789abcdef";
    house = await openMindHouse({
      script: [],
      env: { MY_LOCAL_KEY: key },
      more: {
        config: {
          backModels: [
            {
              name: "local",
              provider: "openai-compatible",
              model: "m",
              baseUrl: `http://127.0.0.1:${port}/v1`,
              apiKeyEnv: "MY_LOCAL_KEY",
            },
          ],
        },
        env: { MY_LOCAL_KEY: key },
      },
    });
    await house.say("tc#A1:Look whether it is there");
    await house.idle();
    server.close();
    expect(house.linesOf("A1").at(-1)).toMatch(/^tc#A1:task_A1\|success\|.*It is there/);
    expect(house.calls()).toEqual([{ name: "look", args: { at: 1 } }]);
    expect(asked[0]?.headers).toMatchObject({ authorization: `Bearer ${key}` });
    expect(asked.map(({ body }) => body).join("\n")).not.toContain(key);
    expect(house.back.mind.brains.states()).toMatchObject([{ tokensToday: 165 }]);
  });
});
