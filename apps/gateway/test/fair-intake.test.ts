import type { Socket, SocketListener } from "@kingly/link";
import { createManualClock } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { createFairIntake } from "../src/limits/fair-intake.ts";
import type { FairIntakeOptions } from "../src/limits/fair-intake.ts";

interface Peer {
  /** Brings frames in, as one read of the socket does. */
  bring(...texts: readonly string[]): void;
  leave(): void;
  readonly heard: string[];
  readonly isPaused: () => boolean;
}

function openIntake(options?: FairIntakeOptions): {
  readonly open: () => Peer;
  readonly turn: () => void;
  clock: ReturnType<typeof createManualClock>;
} {
  const clock = createManualClock();
  let next: (() => void)[] = [];
  const intake = createFairIntake({ clock, nextTurn: (run) => void next.push(run) }, options);
  return {
    clock,
    turn() {
      const runs = next;
      next = [];
      for (const run of runs) run();
    },
    open() {
      let listener: SocketListener | undefined;
      let paused = false;
      const heard: string[] = [];
      const socket: Socket = {
        listen: (one) => void (listener = one),
        send: () => {},
        close: () => {},
        bufferedBytes: () => 0,
        pause: () => void (paused = true),
        resume: () => void (paused = false),
      };
      intake(socket).listen({
        onMessage: (text) => void heard.push(text),
        onClose: (code) => void heard.push(`closed ${code}`),
        onDrain() {},
        onAlive() {},
      });
      return {
        heard,
        isPaused: () => paused,
        bring: (...texts) => texts.forEach((text) => listener?.onMessage(text)),
        leave: () => listener?.onClose(1000, ""),
      };
    },
  };
}

const range = (count: number, from = 0): string[] => Array.from({ length: count }, (_, n) => String(from + n));

describe("fair intake", () => {
  test("[G23] a flood is dealt with 16 frames a turn, in order, and others are heard between", () => {
    const { open, turn } = openIntake();
    const [noisy, quiet] = [open(), open()];
    noisy.bring(...range(100));
    quiet.bring("a");
    expect([noisy.heard.length, quiet.heard]).toEqual([16, ["a"]]);
    expect([noisy.isPaused(), quiet.isPaused()]).toEqual([true, false]);
    for (let n = 2; n <= 6; n += 1) {
      turn();
      quiet.bring(String(n));
      expect([noisy.heard.length, quiet.heard.length]).toEqual([n * 16, n]);
    }
    turn();
    expect(noisy.heard).toEqual(range(100));
    expect(noisy.isPaused()).toBe(false);
    noisy.bring("more");
    expect(noisy.heard.at(-1)).toBe("more");
  });

  test("[G23] what is faster than 2,000 a second waits in its sender, and nothing is lost", () => {
    const { open, turn, clock } = openIntake({ framesPerTurn: 1000, frames: { perSecond: 100, burst: 10 } });
    const peer = open();
    peer.bring(...range(50));
    turn();
    expect([peer.heard.length, peer.isPaused()]).toEqual([10, true]);
    clock.advance(100);
    turn();
    expect(peer.heard.length).toBe(20);
    clock.advance(1000);
    expect(peer.heard).toEqual(range(50));
    expect([peer.isPaused(), clock.pendingTimers()]).toEqual([false, 0]);
  });

  test("[G23] who says much and leaves is still heard to the end, and then is gone", () => {
    const { open, turn } = openIntake({ frames: { perSecond: 1, burst: 20 } });
    const peer = open();
    peer.bring(...range(40));
    peer.leave();
    expect(peer.heard).toEqual(range(16));
    for (let n = 0; n < 40 && peer.heard.length < 41; n += 1) turn();
    expect(peer.heard).toEqual([...range(40), "closed 1000"]);
  });
});
