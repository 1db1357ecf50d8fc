import { createManualClock, createMemoryLog, createSeededRandom } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { collect, withBreaker, withDeadline, withRetry } from "../src/index.ts";
import type { LlmErrorCode } from "../src/index.ts";
import { always, ask, codeOf, failure, forever, read, scripted, textAndThen } from "./around-house.ts";

describe("retry", () => {
  const open = () => ({ clock: createManualClock(), random: createSeededRandom(1) });

  test("[L21] it waits as long as the server says, else up to a delay that doubles", async () => {
    const deps = open();
    const { clock } = deps;
    const [busy, away] = [failure("rate_limited", 7000), failure("model_unavailable")];
    const model = scripted(clock, "m", busy, away, away, "Here.");
    const answer = collect(withRetry(model, deps, { maxAttempts: 4 }), ask());
    await clock.advanceAsync(6999);
    expect(model.requests).toHaveLength(1);
    await clock.advanceAsync(1);
    expect(model.requests).toHaveLength(2);
    // The second wait is 500 to 1,000 ms, the third 1,000 to 2,000.
    await clock.advanceAsync(499);
    expect(model.requests).toHaveLength(2);
    await clock.advanceAsync(501);
    expect(model.requests).toHaveLength(3);
    await clock.advanceAsync(2000);
    expect((await answer).text).toBe("Here.");
    expect(clock.pendingTimers()).toBe(0);
  });

  test("[L21] what does not pass, or was begun, or was tried often enough, is told as it is", async () => {
    const codes: readonly LlmErrorCode[] = [
      "bad_request",
      "unauthorized",
      "bad_response",
      "deadline",
      "budget_exceeded",
    ];
    for (const code of codes) {
      const deps = open();
      const model = always(deps.clock, "m", failure(code));
      expect(await codeOf(collect(withRetry(model, deps), ask()))).toBe(code);
      expect(model.requests).toHaveLength(1);
    }
    const begun = open();
    const model = always(begun.clock, "m", textAndThen("So", failure("model_unavailable")));
    expect(await codeOf(collect(withRetry(model, begun), ask()))).toBe("model_unavailable");
    expect(model.requests).toHaveLength(1);

    const often = open();
    const away = always(often.clock, "m", failure("stalled"));
    const answer = codeOf(collect(withRetry(away, often), ask()));
    await often.clock.advanceAsync(60_000);
    expect([await answer, away.requests.length]).toEqual(["stalled", 3]);
  });

  test("[L21] no wait is begun that outlasts the deadline or the longest wait", async () => {
    for (const [retryAfterMs, deadlineMs] of [
      [5000, 4000],
      [31_000, undefined],
    ] as const) {
      const deps = open();
      const model = always(deps.clock, "m", failure("rate_limited", retryAfterMs));
      const request = deadlineMs === undefined ? ask() : ask({ deadlineMs });
      expect(await codeOf(collect(withRetry(model, deps), request))).toBe("rate_limited");
      expect(deps.clock.pendingTimers()).toBe(0);
    }
  });

  test("[L21][L3] a cancel ends the wait, and nothing is asked after it", async () => {
    const deps = open();
    const model = always(deps.clock, "m", failure("rate_limited", 7000));
    const controller = new AbortController();
    const answer = collect(withRetry(model, deps), ask({ signal: controller.signal, deadlineMs: 60_000 }));
    await deps.clock.advanceAsync(1000);
    controller.abort();
    expect((await answer).stopReason).toBe("cancelled");
    await deps.clock.advanceAsync(60_000);
    expect([model.requests.length, deps.clock.pendingTimers()]).toEqual([1, 0]);
  });
});

describe("breaker", () => {
  const open = () => ({ clock: createManualClock(), log: createMemoryLog() });
  const options = { maxFailures: 3, openMs: 10_000 };

  test("[L22] it opens after failures in a row, asks nobody, and one request tries again", async () => {
    const deps = open();
    const { clock } = deps;
    const away = failure("model_unavailable");
    const model = scripted(clock, "m", away, away, "Well.", away, away, away, away, "Back.", "Still.");
    const guarded = withBreaker(model, deps, options);
    const codes: string[] = [];
    for (let count = 0; count < 7; count += 1) codes.push(await codeOf(collect(guarded, ask())));
    // A success between them begins the count anew; the seventh is not asked.
    const lost = "model_unavailable";
    expect(codes).toEqual([lost, lost, "none", lost, lost, lost, "breaker_open"]);
    expect([guarded.breaker(), model.requests.length]).toEqual([
      { state: "open", failures: 3, retryAfterMs: 10_000 },
      6,
    ]);
    await clock.advanceAsync(9999);
    await expect(collect(guarded, ask())).rejects.toMatchObject({ code: "breaker_open", retryAfterMs: 1 });
    await clock.advanceAsync(1);
    expect(guarded.breaker().state).toBe("half_open");
    // The one that tries fails: it opens again.
    expect(await codeOf(collect(guarded, ask()))).toBe(lost);
    expect(guarded.breaker().state).toBe("open");
    await clock.advanceAsync(10_000);
    expect((await collect(guarded, ask())).text).toBe("Back.");
    expect(guarded.breaker()).toEqual({ state: "closed", failures: 0, retryAfterMs: 0 });
    expect((await collect(guarded, ask())).text).toBe("Still.");
    expect(deps.log.entries.map(({ message }) => message)).toEqual([
      "the model is not asked for a while",
      "the model is not asked for a while",
      "the model answers again",
    ]);
  });

  test("[L22] while one tries, nobody else does; one that is cancelled leaves the try to the next", async () => {
    const deps = open();
    const { clock } = deps;
    const away = failure("stalled");
    const model = scripted(clock, "m", away, away, away, forever, "Back.");
    const guarded = withBreaker(model, deps, options);
    for (let count = 0; count < 3; count += 1) await codeOf(collect(guarded, ask()));
    await clock.advanceAsync(10_000);
    const controller = new AbortController();
    const trial = collect(guarded, ask({ signal: controller.signal }));
    await clock.advanceAsync(0);
    expect(await codeOf(collect(guarded, ask()))).toBe("breaker_open");
    controller.abort();
    expect((await trial).stopReason).toBe("cancelled");
    expect(guarded.breaker().state).toBe("half_open");
    expect((await collect(guarded, ask())).text).toBe("Back.");
  });

  test("[L22] a server that says when is not asked earlier", async () => {
    const deps = open();
    const guarded = withBreaker(always(deps.clock, "m", failure("rate_limited", 60_000)), deps, options);
    for (let count = 0; count < 3; count += 1) await codeOf(collect(guarded, ask()));
    expect(guarded.breaker().retryAfterMs).toBe(60_000);
  });

  test("[L22] what is the fault of the request or of who asked says nothing of the model", async () => {
    const deps = open();
    for (const code of ["bad_request", "budget_exceeded", "script_exhausted"] as const) {
      const guarded = withBreaker(always(deps.clock, "m", failure(code)), deps, { maxFailures: 1 });
      expect(await codeOf(collect(guarded, ask()))).toBe(code);
      expect(guarded.breaker().state).toBe("closed");
    }
    const guarded = withBreaker(always(deps.clock, "m", forever), deps, { maxFailures: 1 });
    const controller = new AbortController();
    const answer = read(guarded, ask({ signal: controller.signal, deadlineMs: 4000 }));
    await deps.clock.advanceAsync(3000);
    controller.abort();
    await answer;
    expect(guarded.breaker().state).toBe("closed");
  });

  test("[L22] a deadline is a failure, also when somebody around it kept the time", async () => {
    for (const around of [true, false]) {
      const deps = open();
      const guarded = withBreaker(always(deps.clock, "m", forever), deps, { maxFailures: 1 });
      const asked = around ? withDeadline(guarded, deps) : guarded;
      const answer = codeOf(collect(asked, ask({ deadlineMs: 4000 })));
      await deps.clock.advanceAsync(4000);
      expect([await answer, guarded.breaker().state]).toEqual(["deadline", "open"]);
      expect(deps.clock.pendingTimers()).toBe(0);
    }
  });
});
