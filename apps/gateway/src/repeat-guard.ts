import { formatCommand } from "@kingly/codec";
import type { Answer } from "@kingly/reflex";

/** Asks back when the same is wanted twice in a short time. One for each link: a page, or a program that talks. */
export interface RepeatGuard {
  /** Gives the answer as it is, or a question whether to do it again: a "yes" then does exactly that. */
  check(answer: Answer, atMs: number): Answer;
}

/** How long the same request is asked back rather than done again. 0: never. */
export const defaultAskAgainMs = 10_000;

// More than anybody says in the time.
const maxKept = 100;

// Whoever agrees or chooses says what they want; that is no slip.
const meant: ReadonlySet<string> = new Set(["yes", "choose", "undo", "retry", "repeat"]);

/** Creates the guard of one link. Different requests run one after the other; only the same commands are asked back. [G27] */
export function createRepeatGuard(askAgainMs: number = defaultAskAgainMs): RepeatGuard {
  const done = new Map<string, number>();
  return {
    check(answer, atMs) {
      const changing = answer.commands.filter((command) => command.op !== "context_load");
      if (changing.length === 0 || askAgainMs === 0) return answer;
      const key = answer.commands.map((command) => formatCommand(command)).join("\n");
      const before = done.get(key);
      const agoMs = before === undefined ? Number.POSITIVE_INFINITY : Math.max(0, atMs - before);
      if (agoMs < askAgainMs && !meant.has(answer.intent)) return askBack(answer, agoMs);
      done.delete(key);
      done.set(key, atMs);
      for (const [oldest] of done) {
        if (done.size <= maxKept) break;
        done.delete(oldest);
      }
      return answer;
    },
  };
}

function askBack(answer: Answer, agoMs: number): Answer {
  const { title, workflowId, value } = answer.slots;
  const seconds = Math.max(1, Math.round(agoMs / 1000));
  return {
    ...answer,
    reply: { text: `You asked for that ${seconds} s ago. Again?` },
    commands: [],
    offers: [{ title: title ?? value ?? workflowId ?? "that", text: answer.reply.text, commands: answer.commands }],
    answered: true,
    why: "the same was asked for just before",
  };
}
