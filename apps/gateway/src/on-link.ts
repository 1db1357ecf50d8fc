// What programs and pages do over the WebSocket: say, ask, and follow the log.
import { createLinkServer } from "@kingly/link";
import type { Answer, LinkServer } from "@kingly/link";
import type { Clock, Log, Random } from "@kingly/runtime";
import { checkUtterance } from "./check-utterance.ts";
import type { LimitedKind } from "./limits/rate-limits.ts";
import { overloaded, rateLimited } from "./limits/refusals.ts";
import type { TurnBudget } from "./limits/turn-budget.ts";
import type { TurnEnd } from "./limits/turn-end.ts";
import { visibleTo } from "./people.ts";
import type { Person } from "./people.ts";
import { readDraft } from "./read-draft.ts";
import type { RepeatGuard } from "./repeat-guard.ts";
import type { Snapshots } from "./snapshots.ts";
import type { Workspace } from "./workspace.ts";

/** Who is at the other end of a link. */
export interface LinkSession {
  readonly workspace: Workspace;
  readonly person: Person;
  /** Takes one of a kind for this link: 0, or the milliseconds after which it may be tried again. [G44] */
  take(kind: LimitedKind): number;
  /** Asks the same request of this link back. [G27] */
  readonly repeats: RepeatGuard;
}

// Questions that go on to the back; nothing else does, so that a page cannot ask what only the gateway may.
const passedOn: ReadonlySet<string> = new Set([
  "tasks",
  "task",
  "projects",
  "workspaces",
  "workflows",
  "definitions",
  "memory",
  "jobs",
  "servers",
  "conversation",
]);

function said(body: { readonly [name: string]: unknown }): object {
  const { text, command } = body;
  return command === undefined ? { text } : { text, command };
}

/** Creates the server side of `GET /v1/link`. The first `reply` is written before anything is awaited. [G1] */
export function createOnLink(
  deps: {
    readonly clock: Clock;
    readonly random: Random;
    readonly log: Log;
    readonly snapshots: Snapshots;
    readonly budget: Pick<TurnBudget, "admit">;
    readonly turnEnd: TurnEnd;
  },
  onHeard: (tookMs: number) => void,
): LinkServer<LinkSession> {
  return createLinkServer<LinkSession>(deps, {
    eventLog: (session) => session.workspace.eventLog,
    async onSay(say, session) {
      const startedAtMs = deps.clock.monotonicMs();
      const waitMs = session.take("say");
      if (waitMs > 0) return say.respond.error(rateLimited(waitMs));
      const { workspace, person, repeats } = session;
      const checked = checkUtterance({ ...said(say.body), id: say.id }, () => say.id);
      if (!checked.ok) return say.respond.error(checked.error);
      // What is done by hand, a stop above all, is taken always.
      if (checked.value.command === undefined && !deps.budget.admit()) return say.respond.error(overloaded);
      const heard = workspace.say(checked.value, person.name, (thought, atMs) => repeats.check(thought, atMs));
      if ("refused" in heard) return say.respond.error(heard.refused);
      say.respond.reply({ reply: heard.heard.reply, commands: heard.heard.commands });
      onHeard(deps.clock.monotonicMs() - startedAtMs);
      // Keeping is as much work as answering: whoever else was read in this turn is answered first. [G71]
      await deps.turnEnd();
      const settled = await heard.settle();
      if (!settled.ok) return say.respond.error(settled.error);
      say.respond.reply({ reply: settled.answer.reply, commands: settled.answer.commands });
      const state = workspace.turns.stateOf(say.id) ?? settled.answer.reply.state;
      // The reply has said it already, unless the turn has gone on meanwhile.
      if (state !== settled.answer.reply.state) say.respond.state(state);
      workspace.turns.watch(say.id, (state) => say.respond.state(state));
      const refined = await settled.refined;
      if (refined !== undefined) say.respond.reply({ reply: refined.reply, commands: refined.commands });
    },
    onAsk: async ({ question, params }, session): Promise<Answer> => {
      const { workspace, person } = session;
      const waitMs = session.take(question === "draft" ? "draft" : "ask");
      if (waitMs > 0) {
        const { code, message, retryAfterMs } = rateLimited(waitMs);
        return { ok: false, error: { code, message, retryAfterMs } };
      }
      if (question === "draft") return readDraft(params, (text) => workspace.draft(text, person.name));
      if (question === "board") return { ok: true, value: deps.snapshots.of(workspace) };
      if (passedOn.has(question)) {
        const answer = await workspace.ask(question, params);
        return answer.ok ? { ok: true, value: visibleTo(person, question, answer.value) } : answer;
      }
      return {
        ok: false,
        error: { code: "unknown_question", message: `Nobody here answers ${question.slice(0, 64)}.` },
      };
    },
  });
}
