import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

// A server such as Ollama, llama-server, LM Studio or vLLM is, here in a dozen lines: it streams what it is told.
const heard: { readonly model?: string; readonly messages?: readonly { readonly content: string }[] }[] = [];
const server = createServer((request, response) => {
  void json(request).then((body) => {
    heard.push(body as (typeof heard)[number]);
    response.writeHead(200, { "content-type": "text/event-stream" });
    const chunk = (delta: object, finish_reason: string | null = null): string =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    response.write(chunk({ reasoning_content: "A king is greeted." }));
    for (const piece of ["Long ", "live ", "the king."]) response.write(chunk({ content: piece }));
    response.write(chunk({}, "stop"));
    response.write(`data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 5 } })}\n\n`);
    response.end("data: [DONE]\n\n");
  });
});
await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;

//#region use
import { collect, createBudget, createFailover, createScriptedModel, withBreaker, withBudget } from "@kingly/llm";
import { createOpenAiCompatibleModel } from "@kingly/llm/openai-compatible";
import { createSilentLog, createSystemClock } from "@kingly/runtime";

const deps = { clock: createSystemClock(), log: createSilentLog(), fetch };
const local = createOpenAiCompatibleModel(deps, { baseUrl, model: "qwen3:4b" });

// What stands around a model is a model too: stop asking one that fails, spend no more than this, fall back.
const budget = createBudget(deps, { window: { windowMs: 3_600_000, maxTokens: 100_000 } });
const guarded = withBudget(withBreaker(local, deps), budget);
const model = createFailover(deps, [guarded, createScriptedModel(deps, [{ reply: "I am on my own." }])]);

const answer = await collect(model, { messages: [{ role: "user", text: "Hail!" }], deadlineMs: 4000 });
//#endregion

assert.equal(answer.text, "Long live the king.");
assert.deepEqual(answer.usage, { inputTokens: 9, outputTokens: 5 });
assert.equal(budget.state().spent.tokens, 14);
assert.equal(heard[0]?.model, "qwen3:4b");

// The server goes away: the next in line answers.
server.closeAllConnections();
server.close();
const alone = await collect(model, { messages: [{ role: "user", text: "And now?" }] });
assert.equal(alone.text, "I am on my own.");
console.log("llm: a model of your own, guarded; and one that answers when it is gone");
