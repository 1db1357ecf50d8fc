import type { Clock, Timer } from "@kingly/runtime";
import type { Answer } from "./frames.ts";

/** The questions of a client that wait for an answer. */
export interface QuestionDesk {
  ask(
    link: { send(text: string): void } | undefined,
    question: string,
    params: unknown,
    deadlineMs: number,
  ): Promise<Answer>;
  answer(id: string, answer: Answer): void;
  /** Fails everything that waits. */
  failAll(code: "offline" | "closed", message: string): void;
}

/** Creates the desk: each question ends once, by its answer, its deadline or the end of its connection. [LK27]
 *
 * At most `maxWaiting` wait (default 64); more fail with `busy`. */
export function createQuestionDesk(clock: Clock, maxWaiting = 64): QuestionDesk {
  const waiting = new Map<string, { readonly timer: Timer; readonly resolve: (answer: Answer) => void }>();
  let count = 0;
  const failed = (code: string, message: string): Answer => ({ ok: false, error: { code, message } });

  const settle = (id: string, answer: Answer): void => {
    const question = waiting.get(id);
    if (question === undefined) return;
    waiting.delete(id);
    question.timer.cancel();
    question.resolve(answer);
  };

  return {
    async ask(link, question, params, deadlineMs) {
      if (link === undefined) return failed("offline", "the link is not open; questions are not kept");
      if (waiting.size >= maxWaiting) return failed("busy", `${maxWaiting} questions wait for an answer`);
      count += 1;
      const id = `q${count}`;
      return new Promise((resolve) => {
        const late = (): void => settle(id, failed("deadline", `no answer within ${deadlineMs} ms`));
        waiting.set(id, { timer: clock.setTimer(deadlineMs, late), resolve });
        link.send(JSON.stringify({ t: "ask", id, question, params: params ?? null }));
      });
    },
    answer: settle,
    failAll(code, message) {
      for (const id of waiting.keys()) settle(id, failed(code, message));
    },
  };
}
