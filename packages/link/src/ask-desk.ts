import type { Clock, Log, Timer } from "@kingly/runtime";
import type { Answer } from "./frames.ts";

/** A question that a client asked. */
export interface Question {
  readonly question: string;
  readonly params: unknown;
  /** Aborted at the deadline and when the link is gone: nobody waits any more. */
  readonly signal: AbortSignal;
}

/** Limits on questions. */
export interface AskLimits {
  /** So long may an answer take. Milliseconds, default 2,000. */
  readonly askDeadlineMs: number;
  /** So many questions of one connection are worked on at once. Default 16. */
  readonly maxAsks: number;
}

/** The defaults of {@link AskLimits}. */
export const defaultAskLimits: AskLimits = { askDeadlineMs: 2_000, maxAsks: 16 };

/** Answers the questions of one connection. */
export interface AskDesk {
  ask(id: string, question: string, params: unknown): void;
  close(): void;
}

/** Creates the desk: every question gets exactly one answer, at the latest at its deadline. [LK18]
 *
 * Error codes of its own: `deadline`, `busy` (too many at work), `internal` (the handler threw).
 * A place is free again when the handler ends, not at the deadline: a handler that hangs is still work. */
export function createAskDesk(
  deps: { readonly clock: Clock; readonly log: Log },
  options: AskLimits & {
    readonly onAsk: (question: Question) => Answer | Promise<Answer>;
    readonly answer: (id: string, answer: Answer) => void;
  },
): AskDesk {
  const open = new Map<AbortController, Timer>();
  let working = 0;
  let closed = false;

  const failed = (code: string, message: string): Answer => ({ ok: false, error: { code, message } });
  const work = async (question: Question): Promise<Answer> => {
    working += 1;
    try {
      return await options.onAsk(question);
    } catch (cause) {
      deps.log.error("link: a question failed", { question: question.question, cause: String(cause) });
      return failed("internal", "the question failed; ask again later");
    } finally {
      working -= 1;
    }
  };

  return {
    ask(id, question, params) {
      if (closed) return;
      if (working >= options.maxAsks) {
        return options.answer(id, failed("busy", `${options.maxAsks} questions are open; wait for an answer`));
      }
      const controller = new AbortController();
      const finish = (answer: Answer): void => {
        open.get(controller)?.cancel();
        if (open.delete(controller)) options.answer(id, answer);
      };
      const timer = deps.clock.setTimer(options.askDeadlineMs, () => {
        finish(failed("deadline", `no answer within ${options.askDeadlineMs} ms`));
        controller.abort();
      });
      open.set(controller, timer);
      void work({ question, params, signal: controller.signal }).then(finish);
      return undefined;
    },
    close() {
      closed = true;
      for (const [controller, timer] of open) {
        timer.cancel();
        controller.abort();
      }
      open.clear();
    },
  };
}
