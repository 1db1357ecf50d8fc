import { createManualClock } from "@kingly/runtime/testing";
import { describe, expect, test, vi } from "vitest";
import { createAnthropicModel } from "../src/anthropic/index.ts";
import type { AnthropicOptions } from "../src/anthropic/index.ts";
import { collect, toAssistantMessage } from "../src/index.ts";
import type { ModelRequest } from "../src/index.ts";
import { describeModelContract } from "./contract/model-contract.ts";
import { describeWireContract } from "./contract/wire-contract.ts";
import {
  anthropicBlock,
  anthropicEnd,
  anthropicEvent,
  anthropicForbidden,
  anthropicStart,
  answerAnthropic,
} from "./wire/anthropic-wire.ts";
import { beginStream, startWireServer } from "./wire/wire-server.ts";
import type { WireRequest, WireServer } from "./wire/wire-server.ts";

const deps = () => ({ clock: createManualClock(), fetch });

describeModelContract("anthropic", async ({ clock }, reply) => {
  const server = await startWireServer((response) => answerAnthropic(response, reply));
  const model = createAnthropicModel({ clock, fetch }, { apiKey: "k", baseUrl: server.url });
  return { model, requestCount: () => server.requests.length, close: () => server.close() };
});

describeWireContract("anthropic", {
  create: ({ clock }, baseUrl, apiKey, idleMs) => createAnthropicModel({ clock, fetch }, { apiKey, baseUrl, idleMs }),
  answer: answerAnthropic,
  errorBody: (type, message) => ({ type: "error", error: { type, message }, request_id: "req_1" }),
  streamError: (type, message) => anthropicEvent("error", { error: { type, message } }),
  overloaded: { status: 529, type: "overloaded_error" },
  forbidden: anthropicForbidden,
});

/** Asks a server that answers every request with these parts. */
async function withParts(
  parts: readonly string[],
  options: Partial<AnthropicOptions>,
  use: (model: ReturnType<typeof createAnthropicModel>, server: WireServer) => Promise<void>,
): Promise<void> {
  const server = await startWireServer((response, request) => {
    if (request.path.startsWith("/v1/messages/count_tokens")) {
      response.writeHead(200, { "content-type": "application/json" }).end('{"input_tokens":321}');
      return;
    }
    beginStream(response);
    response.end(parts.join(""));
  });
  try {
    await use(createAnthropicModel(deps(), { apiKey: "sk-own", baseUrl: server.url, ...options }), server);
  } finally {
    await server.close();
  }
}
const ok = [
  anthropicStart(),
  anthropicBlock(0, { type: "text", text: "" }, [{ type: "text_delta", text: "{}" }]),
  anthropicEnd("end_turn"),
];
const ask = (more: Partial<ModelRequest> = {}): ModelRequest => ({ messages: [{ role: "user", text: "hi" }], ...more });
const bodyOf = async (options: Partial<AnthropicOptions>, request: ModelRequest): Promise<WireRequest["body"]> => {
  let body: WireRequest["body"] = {};
  await withParts(ok, options, async (model, server) => {
    await collect(model, request);
    body = server.requests[0]?.body ?? {};
  });
  return body;
};

describe("what Anthropic is asked", () => {
  test("[L17] a model takes adaptive thinking with summaries and effort, or neither, by its generation", async () => {
    for (const [model, takes] of [
      ["claude-haiku-5-5", true],
      ["claude-opus-4-6", true],
      ["claude-sonnet-5", true],
      ["claude-haiku-4-5", false],
      ["claude-opus-4-5-20251101", false],
      ["claude-sonnet-4-20250514", false],
      ["somebody-else", false],
    ] as const) {
      const body = await bodyOf({ model }, ask({ effort: "low" }));
      expect([model, body["thinking"], body["output_config"]]).toEqual([
        model,
        takes ? { type: "adaptive", display: "summarized" } : undefined,
        takes ? { effort: "low" } : undefined,
      ]);
    }
    const between = await bodyOf({ model: "claude-sonnet-5-5", thinking: "between_tools" }, ask());
    expect([between["thinking"], between["output_config"]]).toEqual([{ type: "between_tools" }, undefined]);
    expect(await bodyOf({ thinking: "none" }, ask())).not.toHaveProperty("thinking");
  });

  test("[L17] the system is marked for the cache, and a conversation that goes on too", async () => {
    const cache_control = { type: "ephemeral" };
    const once = await bodyOf({}, ask({ system: "Rules." }));
    expect(once["system"]).toEqual([{ type: "text", text: "Rules.", cache_control }]);
    expect(once).not.toHaveProperty("cache_control");
    const tools = [{ name: "t", description: "d", inputSchema: {} }];
    const on = await bodyOf({ cache: "1h" }, ask({ tools }));
    expect(on["cache_control"]).toEqual({ type: "ephemeral", ttl: "1h" });
    expect(JSON.stringify(await bodyOf({ cache: "none" }, ask({ system: "Rules.", tools })))).not.toContain("cache");
  });

  test("[L17] the answers of tools and what the person says behind them are one message", async () => {
    const body = await bodyOf(
      {},
      ask({
        messages: [
          { role: "user", text: "look" },
          {
            role: "assistant",
            text: "",
            toolCalls: [
              { id: "a", name: "t", input: {} },
              { id: "b", name: "t", input: { x: 1 } },
            ],
          },
          { role: "tool", toolCallId: "a", text: "1" },
          { role: "tool", toolCallId: "b", text: "no", isError: true },
          { role: "user", text: "so?" },
        ],
      }),
    );
    expect(body["messages"]).toEqual([
      { role: "user", content: [{ type: "text", text: "look" }] },
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "a", name: "t", input: {} },
          { type: "tool_use", id: "b", name: "t", input: { x: 1 } },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "a", content: "1" },
          { type: "tool_result", tool_use_id: "b", content: "no", is_error: true },
          { type: "text", text: "so?" },
        ],
      },
    ]);
  });

  test("[L17] it is never asked to go on with its own words", async () => {
    await withParts(ok, {}, async (model, server) => {
      const messages = [...ask().messages, { role: "assistant", text: "{" } as const];
      await expect(collect(model, { messages })).rejects.toMatchObject({ code: "bad_request" });
      expect(server.requests).toHaveLength(0);
    });
  });

  test("[L18] a whole schema is sent as the format; one with open objects is asked for in words", async () => {
    const whole = await bodyOf(
      {},
      ask({
        json: { type: "object", properties: { n: { type: "integer", minimum: 0 } }, required: ["n"] },
      }),
    );
    expect(whole["output_config"]).toEqual({
      format: {
        type: "json_schema",
        schema: {
          type: "object",
          properties: { n: { type: "integer", description: "{minimum: 0}" } },
          additionalProperties: false,
          required: ["n"],
        },
      },
    });
    expect(whole).not.toHaveProperty("system");
    for (const json of [
      { type: "object" },
      {},
      { type: "object", properties: { a: {} } },
      { type: "object", properties: { a: { type: "string" } }, additionalProperties: true },
      { type: "array", items: { $ref: "#/$defs/x" } },
    ]) {
      const open = await bodyOf({}, ask({ system: "Rules.", json }));
      expect(open).not.toHaveProperty("output_config");
      expect(JSON.stringify(open["system"])).toContain("Answer with one JSON value only");
    }
  });

  test("[L17] the key goes into its header and nowhere else; the version is the SDK's", async () => {
    await withParts(ok, {}, async (model, server) => {
      await collect(model, ask());
      const [request] = server.requests;
      expect(request?.path).toBe("/v1/messages");
      expect(request?.headers.authorization).toBe("Bearer sk-own");
      expect(request?.headers["anthropic-version"]).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(JSON.stringify(request?.body)).not.toContain("sk-own");
    });
  });
});

describe("what Anthropic says", () => {
  const search = { type: "tool_use", id: "toolu_1", name: "search", input: {} };
  const thoughtful = [
    anthropicStart({ input_tokens: 3, cache_read_input_tokens: 1200, cache_creation_input_tokens: 40 }),
    anthropicBlock(0, { type: "thinking", thinking: "", signature: "" }, [
      { type: "thinking_delta", thinking: "Look it " },
      { type: "thinking_delta", thinking: "up." },
      { type: "signature_delta", signature: "EqQB" },
    ]),
    anthropicBlock(1, { type: "redacted_thinking", data: "b3BhcXVl" }, []),
    anthropicBlock(2, { type: "text", text: "" }, [{ type: "text_delta", text: "One moment." }]),
    anthropicBlock(3, search, [
      { type: "input_json_delta", partial_json: '{"q": "k' },
      { type: "input_json_delta", partial_json: 'ings"}' },
    ]),
    anthropicEnd("tool_use", { output_tokens: 99, cache_read_input_tokens: null }),
  ];

  test("[L17] the count is of all input, with what the cache gave and took, and only where it was said", async () => {
    await withParts(thoughtful, {}, async (model) => {
      expect((await collect(model, ask())).usage).toEqual({
        inputTokens: 1243,
        outputTokens: 99,
        cachedInputTokens: 1200,
        cacheWriteTokens: 40,
      });
    });
    await withParts(ok, {}, async (model) => {
      expect((await collect(model, ask())).usage).toEqual({ inputTokens: 0, outputTokens: 1 });
    });
  });

  test("[L14] signed thinking goes back unchanged to the same model, as long as the message says the same", async () => {
    await withParts(thoughtful, {}, async (model, server) => {
      const message = toAssistantMessage(await collect(model, ask()));
      expect(message).toMatchObject({ vendor: { by: "anthropic/claude-haiku-5-5" } });
      const answer = { role: "tool", toolCallId: "toolu_1", text: "Canute" } as const;
      // Also when it was kept as JSON meanwhile.
      const kept = JSON.parse(JSON.stringify(message)) as typeof message;
      await collect(model, ask({ messages: [...ask().messages, kept, answer] }));
      const blocks = [
        { type: "thinking", thinking: "Look it up.", signature: "EqQB" },
        { type: "redacted_thinking", data: "b3BhcXVl" },
        { type: "text", text: "One moment." },
        { type: "tool_use", id: "toolu_1", name: "search", input: { q: "kings" } },
      ];
      expect(server.requests[1]?.body["messages"]).toMatchObject([{}, { role: "assistant", content: blocks }, {}]);

      if (message.role !== "assistant") throw new Error("no answer");
      const changed = { ...message, text: "One." };
      const foreign = { ...message, vendor: { by: "anthropic/claude-opus-5-5", content: blocks } };
      for (const other of [changed, foreign]) {
        await collect(model, ask({ messages: [...ask().messages, other, answer] }));
        const sent = JSON.stringify(server.requests.at(-1)?.body);
        expect(sent).not.toContain("EqQB");
        expect(sent).toContain("toolu_1");
      }
    });
  });

  test("[L14] what was cut off or refused is not gone on with", async () => {
    for (const reason of ["max_tokens", "refusal"]) {
      const cut = [...thoughtful.slice(0, -2), anthropicEnd(reason)];
      await withParts(cut, {}, async (model) => expect((await collect(model, ask())).vendor).toBeUndefined());
    }
  });

  test("[L1][L2] a tool input that is no JSON is bad, unless the limit cut it off; an empty one is an object", async () => {
    const broken = anthropicBlock(0, search, [{ type: "input_json_delta", partial_json: '{"q": "ki' }]);
    await withParts([anthropicStart(), broken, anthropicEnd("tool_use")], {}, async (model) => {
      await expect(collect(model, ask())).rejects.toMatchObject({ code: "bad_response" });
    });
    await withParts([anthropicStart(), broken, anthropicEnd("max_tokens")], {}, async (model) => {
      expect(await collect(model, ask())).toMatchObject({ stopReason: "length", toolCalls: [] });
    });
    const empty = [anthropicStart(), anthropicBlock(0, search, []), anthropicEnd("tool_use")];
    await withParts(empty, {}, async (model) => {
      expect((await collect(model, ask())).toolCalls).toEqual([{ id: "toolu_1", name: "search", input: {} }]);
    });
  });

  test("[L17] blocks and events that are not known are passed over; a pause is bad", async () => {
    const odd = [
      anthropicStart(),
      anthropicEvent("content_block_start", { index: 0, content_block: { type: "hologram" } }),
      anthropicEvent("content_block_delta", { index: 0, delta: { type: "text_delta", text: "no" } }),
      anthropicEvent("content_block_stop", { index: 0 }),
      anthropicEvent("weather", { sky: "blue" }),
      anthropicBlock(1, { type: "text", text: "y" }, [{ type: "text_delta", text: "es" }]),
    ];
    await withParts([...odd, anthropicEnd("end_turn")], {}, async (model) => {
      expect((await collect(model, ask())).text).toBe("yes");
    });
    await withParts([...odd, anthropicEnd("pause_turn")], {}, async (model) => {
      await expect(collect(model, ask())).rejects.toMatchObject({ code: "bad_response" });
    });
  });

  test("[L17] tokens are counted by the API, with what would be sent", async () => {
    await withParts(ok, {}, async (model, server) => {
      expect(await model.countTokens(ask({ system: "Rules." }))).toBe(321);
      const [request] = server.requests;
      expect(request?.path).toBe("/v1/messages/count_tokens");
      expect(Object.keys(request?.body ?? {}).toSorted()).toEqual(["messages", "model", "system", "thinking"]);
    });
  });

  test("[L17] the SDK says nothing on the console, whatever happens, and takes no key of the environment", async () => {
    const said: unknown[] = [];
    const spies = (["log", "info", "debug", "warn", "error"] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation((...words) => void said.push(words)),
    );
    const out = vi.spyOn(process.stdout, "write");
    const before = { ...process.env };
    process.env["ANTHROPIC_LOG"] = "debug";
    process.env["ANTHROPIC_API_KEY"] = "sk-environment";
    process.env["ANTHROPIC_BASE_URL"] = "http://127.0.0.1:9";
    try {
      await withParts([anthropicStart(), "event: message_delta\ndata: {\n\n"], {}, async (model, server) => {
        await expect(collect(model, ask())).rejects.toMatchObject({ code: "bad_response" });
        expect(server.requests[0]?.headers.authorization).toBe("Bearer sk-own");
      });
      expect(said).toEqual([]);
      expect(out).not.toHaveBeenCalled();
    } finally {
      process.env = before;
      for (const spy of [...spies, out]) spy.mockRestore();
    }
  });
});
