import { createManualClock } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { collect } from "../src/index.ts";
import type { Model, ModelRequest } from "../src/index.ts";
import { createOpenAiCompatibleModel } from "../src/openai-compatible/index.ts";
import type { OpenAiCompatibleOptions } from "../src/openai-compatible/index.ts";
import { describeModelContract } from "./contract/model-contract.ts";
import { describeWireContract } from "./contract/wire-contract.ts";
import { answerOpenAi, openAiChunk, openAiData, openAiForbidden, openAiUsage } from "./wire/openai-wire.ts";
import { beginStream, startWireServer } from "./wire/wire-server.ts";
import type { WireServer } from "./wire/wire-server.ts";

describeModelContract("openai-compatible", async ({ clock }, reply) => {
  const server = await startWireServer((response) => answerOpenAi(response, reply));
  const model = createOpenAiCompatibleModel({ clock, fetch }, { baseUrl: `${server.url}/v1`, model: "local" });
  return { model, requestCount: () => server.requests.length, close: () => server.close() };
});

describeWireContract("openai-compatible", {
  create: ({ clock }, url, apiKey, idleMs) =>
    createOpenAiCompatibleModel({ clock, fetch }, { baseUrl: `${url}/v1`, model: "local", apiKey, idleMs }),
  answer: answerOpenAi,
  errorBody: (type, message) => ({ error: { message, type, param: null, code: null } }),
  streamError: (type, message) => openAiData({ error: { message, type, code: null } }),
  overloaded: { status: 503, type: "server_error" },
  forbidden: openAiForbidden,
});

async function withParts(
  parts: readonly string[],
  options: Partial<OpenAiCompatibleOptions>,
  use: (model: Model, server: WireServer) => Promise<void>,
): Promise<void> {
  const server = await startWireServer((response) => {
    beginStream(response);
    response.end(parts.join(""));
  });
  const deps = { clock: createManualClock(), fetch };
  try {
    await use(createOpenAiCompatibleModel(deps, { baseUrl: `${server.url}/v1/`, model: "local", ...options }), server);
  } finally {
    await server.close();
  }
}
const ask = (more: Partial<ModelRequest> = {}): ModelRequest => ({ messages: [{ role: "user", text: "hi" }], ...more });
const done = openAiData("[DONE]");

describe("what is asked of a server of the OpenAI kind", () => {
  const ok = [openAiChunk({ content: "{}" }), openAiChunk({}, "stop"), done];

  test("[L19] the request is in the words of chat completions", async () => {
    await withParts(ok, { apiKey: "sk-own", maxOutputTokens: 50 }, async (model, server) => {
      await collect(
        model,
        ask({
          system: "Rules.",
          messages: [
            { role: "user", text: "look" },
            { role: "assistant", text: "", toolCalls: [{ id: "a", name: "t", input: { x: 1 } }] },
            { role: "tool", toolCallId: "a", text: "gone", isError: true },
            { role: "assistant", text: "Hm.", vendor: { by: "anthropic/claude", content: ["secret"] } },
            { role: "user", text: "so?" },
          ],
          tools: [{ name: "t", description: "d", inputSchema: { type: "object" } }],
          json: { type: "object" },
          effort: "high",
        }),
      );
      const [request] = server.requests;
      expect(request?.path).toBe("/v1/chat/completions");
      expect(request?.headers.authorization).toBe("Bearer sk-own");
      expect(request?.body).toEqual({
        model: "local",
        messages: [
          { role: "system", content: "Rules." },
          { role: "user", content: "look" },
          {
            role: "assistant",
            content: null,
            tool_calls: [{ id: "a", type: "function", function: { name: "t", arguments: '{"x":1}' } }],
          },
          { role: "tool", tool_call_id: "a", content: "Error: gone" },
          { role: "assistant", content: "Hm." },
          { role: "user", content: "so?" },
        ],
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: 50,
        tools: [{ type: "function", function: { name: "t", description: "d", parameters: { type: "object" } } }],
        response_format: { type: "json_schema", json_schema: { name: "answer", schema: { type: "object" } } },
      });
    });
  });

  test("[L19] effort and the newer limit go only to who knows them; without a key none is sent", async () => {
    await withParts(ok, { isOpenAi: true }, async (model, server) => {
      await collect(model, ask({ effort: "low", maxOutputTokens: 9 }));
      expect(server.requests[0]?.body).toMatchObject({ reasoning_effort: "low", max_completion_tokens: 9 });
      expect(server.requests[0]?.body).not.toHaveProperty("max_tokens");
      expect(server.requests[0]?.headers).not.toHaveProperty("authorization");
    });
  });
});

describe("what a server of the OpenAI kind says", () => {
  const piece = (index: number | undefined, id: string | undefined, name: string | undefined, args: unknown): string =>
    openAiChunk({ tool_calls: [{ index, id, function: { name, arguments: args } }] });

  test("[L20] pieces of several calls are joined by their index, however they are mixed", async () => {
    const parts = [
      piece(0, "a", "one", '{"x"'),
      piece(1, "b", "two", ""),
      piece(1, undefined, undefined, '{"y":'),
      piece(0, undefined, undefined, ":1}"),
      piece(1, undefined, "two", "2}"),
      openAiChunk({}, "tool_calls"),
      openAiUsage(5, 6, { prompt_tokens_details: { cached_tokens: 4 } }),
      done,
    ];
    await withParts(parts, {}, async (model) => {
      expect(await collect(model, ask())).toEqual({
        text: "",
        toolCalls: [
          { id: "a", name: "one", input: { x: 1 } },
          { id: "b", name: "two", input: { y: 2 } },
        ],
        usage: { inputTokens: 5, outputTokens: 6, cachedInputTokens: 4 },
        stopReason: "tool_calls",
      });
    });
  });

  test.each([
    ["all under one index", [piece(0, "a", "one", "{}"), piece(0, "b", "two", "{}")], ["a", "b"]],
    ["without index", [piece(undefined, "a", "one", "{"), piece(undefined, undefined, undefined, "}")], ["a"]],
    ["without ids", [piece(0, undefined, "one", "{}"), piece(1, "", "two", "")], ["call_1", "call_2"]],
    ["with its input as an object", [piece(0, "a", "one", {})], ["a"]],
  ])("[L20] calls %s are read, also when the server says stop", async (_what, pieces, ids) => {
    await withParts([...pieces, openAiChunk({}, "stop"), done], {}, async (model) => {
      const answer = await collect(model, ask());
      expect(answer.stopReason).toBe("tool_calls");
      expect(answer.toolCalls.map(({ id, input }) => [id, input])).toEqual(ids.map((id) => [id, {}]));
    });
  });

  test("[L20] a call without an id gets one that the conversation has not had", async () => {
    await withParts([piece(0, undefined, "one", "{}"), openAiChunk({}, "tool_calls"), done], {}, async (model) => {
      const first = { role: "assistant", text: "", toolCalls: [{ id: "call_1", name: "one", input: {} }] } as const;
      const messages = [...ask().messages, first, { role: "tool", toolCallId: "call_1", text: "" } as const];
      expect((await collect(model, { messages })).toolCalls).toMatchObject([{ id: "call_2" }]);
    });
  });

  test("[L20] an input that is no JSON is bad, unless the limit cut it off", async () => {
    const broken = piece(0, "a", "one", '{"x":');
    await withParts([broken, openAiChunk({}, "tool_calls"), done], {}, async (model) => {
      await expect(collect(model, ask())).rejects.toMatchObject({ code: "bad_response" });
    });
    await withParts([broken, openAiChunk({}, "length"), done], {}, async (model) => {
      expect(await collect(model, ask())).toMatchObject({ stopReason: "length", toolCalls: [] });
    });
  });

  test("[L20] the end of the body is enough where [DONE] is missing, and comments are nothing", async () => {
    const parts = [": OPENROUTER PROCESSING\n\n", openAiChunk({ content: "yes" }), openAiChunk({}, "stop")];
    await withParts(parts, {}, async (model) => expect((await collect(model, ask())).text).toBe("yes"));
  });

  test("[L20] a refusal in words is text and a refusal; both names of reasoning are thinking", async () => {
    await withParts([openAiChunk({ refusal: "No." }), openAiChunk({}, "stop"), done], {}, async (model) => {
      expect(await collect(model, ask())).toMatchObject({ text: "No.", stopReason: "refusal" });
    });
    await withParts([openAiChunk({ reasoning: "Hm." }), openAiChunk({}, "stop"), done], {}, async (model) => {
      const kinds: string[] = [];
      for await (const event of model.stream(ask())) kinds.push(event.kind);
      expect(kinds).toEqual(["thinking", "done"]);
    });
  });

  test("[L12][L20] an error in a stream goes by its number, or its word", async () => {
    for (const [error, code] of [
      [{ code: 429, message: "m" }, "rate_limited"],
      [{ code: "rate_limit_exceeded", message: "m" }, "rate_limited"],
      [{ code: "context_length_exceeded", message: "m" }, "bad_request"],
      ["out of memory", "model_unavailable"],
    ] as const) {
      await withParts([openAiData({ error })], {}, async (model) => {
        await expect(collect(model, ask())).rejects.toMatchObject({ code });
      });
    }
  });
});
