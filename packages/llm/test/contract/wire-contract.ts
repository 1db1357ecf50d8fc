import type { ServerResponse } from "node:http";
import type { Clock } from "@kingly/runtime";
import { createManualClock } from "@kingly/runtime/testing";
import type { ManualClock } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { collect, LlmError } from "../../src/index.ts";
import type { Model, ModelEvent, ModelRequest } from "../../src/index.ts";
import { beginStream, keysOf, startWireServer, writeSliced } from "../wire/wire-server.ts";
import type { WireServer } from "../wire/wire-server.ts";
import type { ContractReply } from "./model-contract.ts";

/** One adapter and how its server speaks. */
export interface WireSubject {
  /** Makes a model that asks the server at `url` and waits `idleMs` for the next event. */
  create(deps: { readonly clock: Clock }, url: string, key: string, idleMs: number): Model;
  answer(response: ServerResponse, reply: ContractReply): void;
  /** An error as its server words it, as a body. */
  errorBody(type: string, message: string): object;
  /** An error in the middle of a stream. */
  streamError(type: string, message: string): string;
  readonly overloaded: { readonly status: number; readonly type: string };
  readonly forbidden: readonly string[];
}

const key = "sk-test-7c1f0e";
const secretWord = "xylophone";
const request: ModelRequest = {
  system: "Be brief.",
  messages: [{ role: "user", text: `Say ${secretWord}.` }],
  tools: [{ name: "search", description: "Searches.", inputSchema: { type: "object", properties: {} } }],
  maxOutputTokens: 200,
  effort: "low",
  purpose: "test",
};
const idleMs = 30_000;

/** Proves what holds for every adapter over HTTP: errors, silence, rubbish, cancel, and what is sent. */
export function describeWireContract(title: string, subject: WireSubject): void {
  const withServer = async (
    answer: (response: ServerResponse) => void,
    use: (model: Model, server: WireServer, clock: ManualClock) => Promise<void>,
  ): Promise<void> => {
    const clock = createManualClock();
    const server = await startWireServer(answer);
    try {
      await use(subject.create({ clock }, server.url, key, idleMs), server, clock);
      expect(clock.pendingTimers()).toBe(0);
    } finally {
      await server.close();
    }
  };
  const errorOf = async (work: Promise<unknown>): Promise<LlmError> => {
    const thrown: unknown = await work.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(thrown instanceof LlmError)) throw new Error(`not an LlmError: ${String(thrown)}`);
    // Whatever went wrong: what may be logged says neither key nor prompt.
    const told = `${thrown.message} ${thrown.stack ?? ""}`;
    expect(told).not.toContain(key);
    expect(told).not.toContain(secretWord);
    return thrown;
  };
  const refuse =
    (status: number, type: string, headers: Record<string, string> = {}) =>
    (response: ServerResponse): void => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(subject.errorBody(type, `The key ${key} said ${secretWord}`)));
    };
  const done: ModelEvent = { kind: "done", stopReason: "end" };
  const whole: ContractReply = { events: [{ kind: "text", text: "Grüß Gott, 王 👑!" }, done] };

  describe(`wire: ${title}`, () => {
    test("[L12] each refusal has its code, says when to come again, and is asked once", async () => {
      const cases = [
        [refuse(429, "rate_limit_error", { "retry-after": "7" }), "rate_limited", 7000],
        [refuse(429, "rate_limit_error", { "retry-after-ms": "250" }), "rate_limited", 250],
        [refuse(429, "rate_limit_error", { "retry-after": "Tue, 14 Nov 2023 22:13:50 GMT" }), "rate_limited", 30_000],
        [refuse(429, "rate_limit_error", { "retry-after": "soon" }), "rate_limited", undefined],
        [refuse(subject.overloaded.status, subject.overloaded.type, { "retry-after": "3" }), "model_unavailable", 3000],
        [refuse(500, "api_error"), "model_unavailable", undefined],
        [refuse(401, "authentication_error"), "unauthorized", undefined],
        [refuse(403, "permission_error"), "unauthorized", undefined],
        [refuse(400, "invalid_request_error"), "bad_request", undefined],
        [refuse(404, "not_found_error"), "bad_request", undefined],
      ] as const;
      for (const [answer, code, retryAfterMs] of cases) {
        await withServer(answer, async (model, server) => {
          const error = await errorOf(collect(model, request));
          expect([error.code, error.retryAfterMs]).toEqual([code, retryAfterMs]);
          expect(server.requests).toHaveLength(1);
          expect(String(error.cause)).not.toContain(key);
        });
      }
    });

    test("[L12] a server that is not there is unavailable", async () => {
      const server = await startWireServer(() => {});
      await server.close();
      const model = subject.create({ clock: createManualClock() }, server.url, key, idleMs);
      expect((await errorOf(collect(model, request))).code).toBe("model_unavailable");
    });

    test("[L12] an error in the middle of a stream has its code, and what had come was told", async () => {
      for (const [type, code] of [
        [subject.overloaded.type, "model_unavailable"],
        ["rate_limit_error", "rate_limited"],
        ["invalid_request_error", "bad_request"],
      ] as const) {
        await withServer(
          (response) => {
            subject.answer(response, { events: [{ kind: "text", text: "So" }], hangs: true });
            response.end(subject.streamError(type, `${key} ${secretWord}`));
          },
          async (model) => {
            let text = "";
            const reading = (async () => {
              for await (const event of model.stream(request)) if (event.kind === "text") text += event.text;
            })();
            expect((await errorOf(reading)).code).toBe(code);
            expect(text).toBe("So");
          },
        );
      }
    });

    test("[L1] a connection that breaks off, or a body that ends too early, is an error", async () => {
      const half: ContractReply = { events: [{ kind: "text", text: "So" }], hangs: true };
      await withServer(
        (response) => {
          subject.answer(response, half);
          setImmediate(() => response.destroy());
        },
        async (model) => {
          expect(["model_unavailable", "bad_response"]).toContain((await errorOf(collect(model, request))).code);
        },
      );
      await withServer(
        (response) => {
          subject.answer(response, half);
          response.end();
        },
        async (model) => expect((await errorOf(collect(model, request))).code).toBe("bad_response"),
      );
    });

    test("[L1] what is no stream of this kind is bad: rubbish in an event, a page, nothing", async () => {
      const answers: readonly ((response: ServerResponse) => void)[] = [
        (response) => {
          beginStream(response);
          response.end('event: message_start\ndata: {"type":\n\n');
        },
        (response) => {
          beginStream(response);
          response.end();
        },
        (response) => {
          beginStream(response);
          response.end("<html>\n\n</html>");
        },
        (response) => response.writeHead(200, { "content-type": "text/html" }).end("<html></html>"),
      ];
      for (const answer of answers) {
        await withServer(answer, async (model) => {
          expect((await errorOf(collect(model, request))).code).toBe("bad_response");
        });
      }
    });

    test("[L1] where bytes are cut does not matter", async () => {
      await withServer(
        (response) => {
          const parts: string[] = [];
          const keep = (part = ""): void => void parts.push(part);
          const written: object = { writeHead: () => {}, flushHeaders: () => {}, write: keep, end: keep };
          subject.answer(written as ServerResponse, whole);
          beginStream(response);
          writeSliced(response, parts.join(""));
          response.end();
        },
        async (model) => expect((await collect(model, request)).text).toBe("Grüß Gott, 王 👑!"),
      );
    });

    test("[L16] a server that goes silent is left after the idle time, before the first event and between two", async () => {
      for (const events of [[], [{ kind: "text", text: "So" }]] as const) {
        await withServer(
          (response) => subject.answer(response, { events, hangs: true }),
          async (model, server, clock) => {
            let heard = 0;
            const reading = (async () => {
              for await (const event of model.stream(request)) if (event.kind === "text") heard += 1;
            })();
            const failing = errorOf(reading);
            while (server.requests.length === 0 || heard < events.length) await turn();
            // What the server has sent is read before the time goes on.
            for (let turns = 0; turns < 20; turns += 1) await turn();
            await clock.advanceAsync(idleMs);
            expect((await failing).code).toBe("stalled");
            await server.left();
          },
        );
      }
    });

    test("[L16] an answer that is whole stays whole when its connection hangs or breaks", async () => {
      for (const end of ["hangs", "breaks"] as const) {
        let answered = false;
        await withServer(
          (response) => {
            subject.answer(response, { ...whole, hangs: true });
            answered = true;
            if (end === "breaks") setTimeout(() => response.destroy(), 20);
          },
          async (model, _server, clock) => {
            const answer = collect(model, request);
            while (!answered) await turn();
            for (let turns = 0; turns < 20; turns += 1) await turn();
            await clock.advanceAsync(end === "hangs" ? 1000 : 0);
            expect(await answer).toMatchObject({ text: "Grüß Gott, 王 👑!", stopReason: "end" });
          },
        );
      }
    });

    test("[L3][L5] a cancel needs no time to pass and closes the connection, as does a reader that leaves", async () => {
      for (const way of ["abort", "leave"] as const) {
        await withServer(
          (response) => subject.answer(response, { events: [{ kind: "text", text: "So" }], hangs: true }),
          async (model, server) => {
            const controller = new AbortController();
            for await (const event of model.stream({ ...request, signal: controller.signal })) {
              if (event.kind === "text" && way === "abort") controller.abort();
              if (event.kind === "text" && way === "leave") break;
            }
            await server.left();
          },
        );
      }
    });

    test("[L15] thinking comes as thinking, beside the text", async () => {
      const events: ModelEvent[] = [{ kind: "thinking", text: "Hm." }, { kind: "text", text: "Yes." }, done];
      await withServer(
        (response) => subject.answer(response, { events }),
        async (model) => {
          const kinds: string[] = [];
          for await (const event of model.stream(request)) {
            if (event.kind === "thinking" || event.kind === "text") kinds.push(`${event.kind}: ${event.text}`);
          }
          expect(kinds).toEqual(["thinking: Hm.", "text: Yes."]);
        },
      );
    });

    test("[L15] no request holds a parameter that models refuse, nor its purpose", async () => {
      await withServer(
        (response) => subject.answer(response, whole),
        async (model, server) => {
          await collect(model, request);
          await collect(model, {
            messages: [
              { role: "user", text: "a" },
              { role: "assistant", text: "", toolCalls: [{ id: "c1", name: "search", input: { q: 1 } }] },
              { role: "tool", toolCallId: "c1", text: "none", isError: true },
              { role: "user", text: "b" },
            ],
          });
          expect(server.requests).toHaveLength(2);
          for (const { body } of server.requests) {
            const keys = keysOf(body);
            expect(subject.forbidden.filter((word) => keys.includes(word))).toEqual([]);
            expect(JSON.stringify(body)).not.toMatch(/purpose|deadlineMs/);
            expect(body["stream"]).toBe(true);
          }
        },
      );
    });

    test("[L15] a redirect is not followed: the key stays where it belongs", async () => {
      const other = await startWireServer((response) => subject.answer(response, whole));
      await withServer(
        (response) => response.writeHead(307, { location: `${other.url}/v1/elsewhere` }).end(),
        async (model) => {
          expect((await errorOf(collect(model, request))).code).toBe("model_unavailable");
          expect(other.requests).toHaveLength(0);
        },
      );
      await other.close();
    });
  });
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
