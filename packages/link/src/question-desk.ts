import type { Clock } from "@kingly/runtime";
import { fault } from "./fault.ts";
import type { Answer } from "./frames.ts";
import type { UplinkSocket } from "./uplink.ts";

/** The questions of a client that wait for an answer. */
export interface QuestionDesk {
  ask(link: UplinkSocket | undefined, question: string, params: unknown, deadlineMs: number): Promise<Answer>;
  answer(id: string, answer: Answer): void;
  /** Fails everything that waits. */
  failAll(code: "offline" | "closed"): void;
}

/** Creates the desk: each question ends once, by its answer, its deadline or the end of its connection. [LK27]
 *
 * At most `maxWaiting` wait (default 64); more fail with `busy`. */
export function createQuestionDesk(clock: Clock, maxWaiting = 64): QuestionDesk {
  const waiting = new Map<string, (answer: Answer) => void>();
  let count = 0;
  const answer = (id: string, answer: Answer): void => waiting.get(id)?.(answer);

  return {
    async ask(link, question, params, deadlineMs) {
      if (!link) return fault("offline", "the link is offline");
      if (waiting.size >= maxWaiting || !link.hasRoom()) return fault("busy", "too many questions wait");
      count += 1;
      const id = `q${count}`;
      return new Promise((resolve) => {
        const late = clock.setTimer(deadlineMs, () =>
          answer(id, fault("deadline", `no answer within ${deadlineMs} ms`)),
        );
        waiting.set(id, (answer) => {
          waiting.delete(id);
          late.cancel();
          resolve(answer);
        });
        link.send(JSON.stringify({ t: "ask", id, question, params: params ?? null }));
      });
    },
    answer,
    failAll(code) {
      for (const fail of waiting.values()) fail(fault(code, `the link is ${code}`));
    },
  };
}
