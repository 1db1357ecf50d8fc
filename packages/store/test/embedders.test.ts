import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createManualClock } from "@kingly/runtime/testing";
import { createOpenAiEmbedder, createTransformersEmbedder } from "../src/embedders/index.ts";

interface Asked {
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: { readonly model: string; readonly input: readonly string[] };
}

let asked: Asked[];
let answer: (request: Asked) => { readonly status?: number; readonly text: string } | undefined;
let server: ReturnType<typeof createServer>;
let baseUrl: string;

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    void read(request).then((text) => {
      const one = {
        url: request.url,
        authorization: request.headers.authorization,
        body: JSON.parse(text) as Asked["body"],
      };
      asked.push(one);
      const given = answer(one);
      if (given !== undefined) response.writeHead(given.status ?? 200).end(given.text);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => void server.close(resolve));
});

/** Vectors that tell the length of their text, given in the wrong order. */
const backwards = ({ body }: Asked): { text: string } => ({
  text: JSON.stringify({
    data: body.input
      .map((text, index) => ({ index, embedding: Array.from({ length: 32 }, () => text.length) }))
      .toReversed(),
  }),
});

describe("[S82] the OpenAI-compatible embedder", () => {
  const options = { model: "m", dims: 32 };
  test("asks in batches and puts the vectors into the order of the texts", async () => {
    answer = backwards;
    const clock = createManualClock();
    const embedder = createOpenAiEmbedder({ clock }, { ...options, baseUrl, apiKey: "k", batchSize: 2, maxChars: 4 });
    const vectors = await embedder.embed(["a", "bb", "ccc", "dddddddd"]);
    expect(vectors.map((vector) => vector[0])).toEqual([1, 2, 3, 4]);
    expect(asked.map(({ body }) => body.input)).toEqual([
      ["a", "bb"],
      ["ccc", "dddd"],
    ]);
    expect(asked[0]).toMatchObject({ url: "/v1/embeddings", authorization: "Bearer k", body: { model: "m" } });
    expect([embedder.id, embedder.dims]).toEqual(["openai:m:32", 32]);
    expect(clock.pendingTimers()).toBe(0);
  });
  test.each([
    ["an error of the endpoint", { status: 500, text: "out of memory" }, "answered 500: out of memory"],
    ["no JSON", { text: "<html>" }, "answered with 0 vectors for 1 texts"],
    ["another form", { text: '{"data":[{"index":3,"embedding":[1]}]}' }, "answered with 4 vectors for 1 texts"],
    ["nothing at all", { text: "null" }, "answered with 0 vectors for 1 texts"],
  ])("rejects for %s", async (_, given, message) => {
    answer = () => given;
    const embedder = createOpenAiEmbedder({ clock: createManualClock() }, { ...options, baseUrl });
    await expect(embedder.embed(["a"])).rejects.toThrow(message);
  });
  test("gives up after its time, and leaves no timer", async () => {
    const clock = createManualClock();
    const arrived = new Promise<void>((resolve) => {
      answer = () => {
        resolve();
        return undefined;
      };
    });
    const embedder = createOpenAiEmbedder({ clock }, { ...options, baseUrl, timeoutMs: 500 });
    const result = embedder.embed(["a"]).catch((thrown: unknown) => String(thrown));
    await arrived;
    clock.advance(500);
    expect(await result).toContain("gave no vectors within 500 ms");
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe("[S82] the transformers.js embedder", () => {
  test("loads library and model once, with the first text, and cuts the answer into vectors", async () => {
    const loaded: string[] = [];
    const embedder = createTransformersEmbedder({
      model: "tiny",
      dims: 32,
      load: async () => ({
        pipeline: async (task, model) => {
          loaded.push(`${task} ${model}`);
          return async (texts) => ({
            dims: [texts.length, 32],
            data: Float32Array.from({ length: texts.length * 32 }, (_, at) => Math.floor(at / 32)),
          });
        },
      }),
    });
    expect(loaded).toEqual([]);
    expect((await embedder.embed(["a", "b"])).map((vector) => [vector.length, vector[0]])).toEqual([
      [32, 0],
      [32, 1],
    ]);
    await embedder.embed(["c"]);
    expect(await embedder.embed([])).toEqual([]);
    expect(loaded).toEqual(["feature-extraction tiny"]);
    expect([embedder.id, embedder.dims]).toEqual(["transformers:tiny:32", 32]);
  });
  test("says what to install, and tries again after a failed load", async () => {
    await expect(createTransformersEmbedder().embed(["a"])).rejects.toThrow(
      "The package @huggingface/transformers is not there. Install it beside @kingly/store",
    );
    let tries = 0;
    const embedder = createTransformersEmbedder({
      load: async () => {
        tries += 1;
        throw new Error("no network");
      },
    });
    for (let at = 0; at < 2; at += 1) await expect(embedder.embed(["a"])).rejects.toThrow("no network");
    expect(tries).toBe(2);
  });
});
