// The door between the two apps: commands come in, events go out, questions are answered.
import { createLinkServer } from "@kingly/link";
import type { Answer, Cursor, EventLog, LinkServer } from "@kingly/link";
import type { Clock, Log, Random } from "@kingly/runtime";
import type { Acceptance, SaidCommand } from "./accept-command.ts";
import type { LineBody } from "./announce-events.ts";

/** Who is at the other end: a gateway, for one workspace. */
export interface BackSession {
  readonly workspaceId: string;
}

/** What the link does. */
export interface ServeLinkDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  accept(workspaceId: string, said: SaidCommand): Promise<Acceptance>;
  announce(workspaceId: string): EventLog<LineBody>;
  answer(workspaceId: string, question: string, params: unknown): Promise<Answer>;
  /** Hears what a gateway has seen of the log, before it is told anything. */
  witness(workspaceId: string, cursor: Cursor): void;
}

const origins: ReadonlySet<unknown> = new Set(["user", "reflex", "model"]);
const cidForm = /^[A-Za-z0-9]{1,16}$/;
const turnForm = /^[A-Za-z0-9_-]{1,64}$/;

/** Creates the server side of the link between the apps. A command is answered after the commit that holds it. [O1] */
export function createServeLink(deps: ServeLinkDeps): LinkServer<BackSession> {
  return createLinkServer<BackSession>(deps, {
    eventLog: (session) => deps.announce(session.workspaceId),
    async onSay(say, { workspaceId }) {
      const { line, turn, origin, auto } = say.body;
      if (typeof line !== "string" || !cidForm.test(say.id) || !origins.has(origin)) {
        return say.respond.error({
          code: "invalid_command",
          message: "A command is {line, origin, turn?, auto?} under its cid.",
          hint: "Send a coded line, and user, reflex or model as its origin.",
        });
      }
      const accepted = await deps.accept(workspaceId, {
        cid: say.id,
        line,
        origin: origin as SaidCommand["origin"],
        ...(typeof turn === "string" && turnForm.test(turn) ? { turnId: turn } : {}),
        ...(typeof auto === "string" && cidForm.test(auto) ? { autoCid: auto } : {}),
      });
      return accepted.ok ? say.respond.reply({ result: accepted.result }) : say.respond.error(accepted.error);
    },
    onCursor: (cursor, { workspaceId }) => deps.witness(workspaceId, cursor),
    onAsk: ({ question, params }, { workspaceId }) => deps.answer(workspaceId, question, params),
  });
}
