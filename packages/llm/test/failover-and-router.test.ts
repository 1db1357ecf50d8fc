import { createManualClock, createMemoryLog } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { collect, createFailover, createRouter, withBreaker } from "../src/index.ts";
import type { Model } from "../src/index.ts";
import { always, ask, codeOf, failure, forever, pass, read, scripted, textAndThen } from "./around-house.ts";

describe("failover", () => {
  test("[L23] the next is asked only while nothing has been told", async () => {
    const clock = createManualClock();
    const away = always(clock, "a", failure("model_unavailable"));
    const half = always(clock, "b", textAndThen("So", failure("stalled")));
    const well = always(clock, "c", "Here.");
    expect((await collect(createFailover({ clock }, [away, well]), ask())).text).toBe("Here.");
    const broken = createFailover({ clock }, [away, half, well]);
    expect(broken.name).toBe("a or b or c");
    expect(await codeOf(collect(broken, ask()))).toBe("stalled");
    expect([half.requests.length, well.requests.length]).toEqual([1, 1]);
    expect(clock.pendingTimers()).toBe(0);
  });

  test("[L23] thinking and tool calls are told too; a count is not", async () => {
    const clock = createManualClock();
    const well = (): ReturnType<typeof always> => always(clock, "well", "Here.");
    for (const [event, code] of [
      [{ kind: "thinking", text: "Hm." }, "stalled"],
      [{ kind: "tool_call", id: "1", name: "t", input: {} }, "stalled"],
      [{ kind: "usage", inputTokens: 1, outputTokens: 0 }, "none"],
    ] as const) {
      const first = always(clock, "first", [event, failure("stalled")]);
      expect(await codeOf(collect(createFailover({ clock }, [first, well()]), ask()))).toBe(code);
    }
  });

  test("[L23] when all have failed, the error says each, and when to come again", async () => {
    const clock = createManualClock();
    const models = [
      always(clock, "a", failure("rate_limited", 9000)),
      always(clock, "b", failure("model_unavailable", 4000)),
    ];
    await expect(collect(createFailover({ clock }, models), ask())).rejects.toMatchObject({
      code: "model_unavailable",
      retryAfterMs: 4000,
      message: expect.stringContaining("a: rate_limited, b: model_unavailable"),
    });
    const broke = [always(clock, "a", failure("budget_exceeded")), always(clock, "b", failure("budget_exceeded"))];
    expect(await codeOf(collect(createFailover({ clock }, broke), ask()))).toBe("budget_exceeded");
    expect(await codeOf(collect(createFailover({ clock }, []), ask()))).toBe("model_unavailable");
  });

  test("[L23] who says nothing for too long is left; the last is waited for; a fault of ours is told as it is", async () => {
    const clock = createManualClock();
    const silent = always(clock, "silent", forever);
    const slow = always(clock, "slow", "Slowly.", 1000);
    const answer = collect(createFailover({ clock }, [silent, slow], { silenceMs: 500 }), ask({ deadlineMs: 4000 }));
    await pass(clock, 2600);
    expect((await answer).text).toBe("Slowly.");
    expect(clock.pendingTimers()).toBe(0);

    const fault: Model = {
      name: "fault",
      stream: () => {
        throw new Error("a bug");
      },
    };
    await expect(collect(createFailover({ clock }, [fault, slow]), ask())).rejects.toThrow("a bug");
    expect(slow.requests).toHaveLength(1);
  });

  test("[L23][L3][L4] a cancel and the deadline hold for all together", async () => {
    const clock = createManualClock();
    const models = [always(clock, "a", forever), always(clock, "b", forever)];
    const failover = createFailover({ clock }, models, { silenceMs: 3000 });
    const late = codeOf(collect(failover, ask({ deadlineMs: 4000 })));
    await clock.advanceAsync(4000);
    expect(await late).toBe("deadline");
    const controller = new AbortController();
    const cancelled = read(failover, ask({ signal: controller.signal }));
    await clock.advanceAsync(10);
    controller.abort();
    expect(await cancelled).toEqual([{ kind: "done", stopReason: "cancelled" }]);
    expect([models[0]?.requests.length, models[1]?.requests.length]).toEqual([2, 1]);
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe("router", () => {
  test("[L24] the purpose decides; what has no route takes the common one, or is refused", async () => {
    const clock = createManualClock();
    const [fast, strong] = [always(clock, "fast", "fast"), always(clock, "strong", "strong")];
    const plan = { purposes: ["plan", "work"], models: [strong] };
    const router = createRouter({ clock }, { routes: [plan, { purposes: ["*"], models: [fast] }] });
    const answers = [];
    for (const purpose of ["plan", "work", "chat"]) answers.push((await collect(router, ask({ purpose }))).text);
    answers.push((await collect(router, ask())).text);
    expect(answers).toEqual(["strong", "strong", "fast", "fast"]);
    const narrow = createRouter({ clock }, { routes: [plan] });
    expect(await codeOf(collect(narrow, ask({ purpose: "chat" })))).toBe("bad_request");
  });

  test("[L24] the fewest in flight come first, then the fastest to the first word", async () => {
    const clock = createManualClock();
    const [slow, quick] = [always(clock, "slow", "s", 300), always(clock, "quick", "q", 100)];
    const router = createRouter({ clock }, { routes: [{ purposes: ["*"], models: [slow, quick] }] });
    const both = Promise.all([collect(router, ask()), collect(router, ask())]);
    await clock.advanceAsync(0);
    expect(router.instances().map(({ inFlight }) => inFlight)).toEqual([1, 1]);
    await pass(clock, 1000);
    await both;
    expect(router.instances().map(({ firstWordMs }) => firstWordMs)).toEqual([300, 100]);
    for (let count = 0; count < 3; count += 1) {
      const answer = collect(router, ask());
      await pass(clock, 1000);
      expect((await answer).text).toBe("q");
    }
    expect(router.instances()).toEqual([
      { name: "slow", purposes: ["*"], inFlight: 0, asked: 1, failed: 0, firstWordMs: 300 },
      { name: "quick", purposes: ["*"], inFlight: 0, asked: 4, failed: 0, firstWordMs: expect.closeTo(100) },
    ]);
  });

  test("[L24] who failed just now, or whose breaker is open, comes last, and is asked when nobody else is left", async () => {
    const clock = createManualClock();
    const away = failure("model_unavailable");
    const shaky = scripted(clock, "shaky", away, "again");
    const guarded = withBreaker(shaky, { clock, log: createMemoryLog() }, { maxFailures: 1, openMs: 60_000 });
    const well = scripted(clock, "well", "w", "w", failure("stalled"));
    const router = createRouter({ clock }, { routes: [{ purposes: ["*"], models: [guarded, well] }], shyMs: 10_000 });
    // The first fails, the other answers in its place.
    expect((await collect(router, ask())).text).toBe("w");
    await clock.advanceAsync(20_000);
    expect((await collect(router, ask())).text).toBe("w");
    expect(shaky.requests).toHaveLength(1);
    expect(router.instances()[0]).toMatchObject({ failed: 1, breaker: { state: "open" } });
    expect(await codeOf(collect(router, ask()))).toBe("model_unavailable");
    await clock.advanceAsync(60_000);
    expect((await collect(router, ask())).text).toBe("again");
  });

  test("[L24] a failing instance does not draw all requests by being free", async () => {
    const clock = createManualClock();
    const hole = always(clock, "hole", failure("model_unavailable"));
    const slow = always(clock, "slow", "s", 100);
    const router = createRouter({ clock }, { routes: [{ purposes: ["*"], models: [hole, slow] }] });
    const all = Promise.all(Array.from({ length: 8 }, () => collect(router, ask())));
    await pass(clock, 200);
    await all;
    const before = hole.requests.length;
    const more = Promise.all(Array.from({ length: 8 }, () => collect(router, ask())));
    await pass(clock, 200);
    await more;
    expect(hole.requests.length).toBe(before);
    expect(router.instances().map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });
});
