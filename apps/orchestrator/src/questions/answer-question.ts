import type { Answer } from "@kingly/link";
import { isQueueError } from "@kingly/queue";
import { isDatabaseError } from "@kingly/sqlite";
import { isStoreError } from "@kingly/store";
import type { Back } from "../back.ts";
import type { ReadinessDeps } from "../check-readiness.ts";
import { answers, answersWithPast, fail } from "./answers.ts";
import { cutToFit, isSmallEnough, makeSendable } from "./fit-answer.ts";
import { readParameters } from "./read-parameters.ts";

/** Answers questions about one workspace; changes nothing. Unknown ones and bad parameters are answers too. [O16] */
export function createAnswerQuestion(
  back: Back,
  readiness: ReadinessDeps,
): (workspaceId: string, question: string, params: unknown) => Promise<Answer> {
  return async (workspaceId, question, params) => {
    const answer = answers.get(question);
    if (answer === undefined) return fail("unknown_question", `Nobody here answers ${question.slice(0, 64)}.`);
    const read = readParameters(params);
    if (!read.ok) return fail(read.code, read.message);
    if (read.value.asOf !== undefined && !answersWithPast.has(question)) {
      return fail("not_supported", `${question} shows what is now; leave asOf, validAt and believedAt out.`);
    }
    try {
      for (let { limit } = read.value; ; limit = Math.floor(limit / 2)) {
        const given = await answer({ back, readiness, workspaceId, asked: { ...read.value, limit } });
        if (!given.ok) return given;
        const value = makeSendable(given.value);
        // A page that no frame can carry is given in smaller ones; its `next` continues it.
        if (isSmallEnough(value)) return { ok: true, value };
        if (limit > 1) continue;
        const cut = cutToFit(value);
        return cut === undefined ? fail("too_large", "This is too large for one answer.") : { ok: true, value: cut };
      }
    } catch (thrown) {
      const isBadCursor = (isStoreError(thrown) || isQueueError(thrown)) && thrown.code === "BAD_CURSOR";
      if (isBadCursor) return fail("invalid_query", thrown.message);
      // Searches run in reading threads, of which there are few: the gateway shows what it knows itself.
      const isBusy = isDatabaseError(thrown) && (thrown.code === "OVERLOADED" || thrown.code === "TIMEOUT");
      if (isBusy) return fail("overloaded", thrown.message);
      throw thrown;
    }
  };
}
