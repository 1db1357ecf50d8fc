import type { Store } from "@kingly/store";
import type { Database } from "@kingly/sqlite";
import type { Log } from "@kingly/runtime";
import { cutText } from "../cut-text.ts";
import type { TellQuestion } from "./server-questions.ts";
import { houseWorkspace } from "./tell-tools.ts";

/** Creates what tells a person of questions of servers, in the workspace that speaks for the house: one that waits by its
 * card, one that was declined by an `er` that says what was asked and why it was not answered. [O89] */
export function createTellQuestion(deps: {
  readonly database: Database;
  readonly store: Store;
  readonly log: Log;
}): TellQuestion {
  const { database, store, log } = deps;
  return (told) => {
    const event =
      told.kind === "declined"
        ? {
            eventType: "error",
            entityType: "question",
            entityId: told.server,
            payload: {
              code: "server_question",
              message: cutText(`The server ${told.server} asked: ${told.message}`, 400),
              recovery: `It was declined: ${told.why}.`,
            },
          }
        : {
            eventType: "status_update",
            entityType: "question",
            entityId: told.question.id,
            payload: {
              entity_id: told.question.id,
              status: told.kind === "waiting" ? "waiting_approval" : "cancelled",
              progress: told.kind === "waiting" ? 0 : 1,
            },
          };
    database
      .write((unit) => void store.events.append(unit, houseWorkspace, event, { origin: "system" }))
      .catch((thrown: unknown) => log.error("a question of a server could not be told", { why: String(thrown) }));
  };
}
