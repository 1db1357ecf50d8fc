import { priorities } from "../jobs/jobs.ts";
import { acknowledge } from "./accepting.ts";
import type { Acceptor } from "./accepting.ts";

/** Records what was said and what was replied, and queues the reading of what the front did not understand. [O8] */
export const acceptUtterance: Acceptor<"utterance"> = (command, accepting) => {
  const { back, unit, workspaceId, cid, cause } = accepting;
  const at = command.at ?? back.clock.nowMs();
  const entity = { entityType: "utterance", entityId: command.utterance_id };
  back.store.events.append(
    unit,
    workspaceId,
    {
      ...entity,
      eventType: "utterance_recorded",
      payload: { utterance_id: command.utterance_id, text: command.text, at },
    },
    cause,
  );
  if (command.reply !== undefined) {
    const { reply: text, by = "reflex", state = "recorded" } = command;
    back.store.events.append(
      unit,
      workspaceId,
      { ...entity, eventType: "reply", payload: { utterance_id: command.utterance_id, text, by, state, at } },
      cause,
    );
  }
  if (command.route !== "back") return undefined;
  acknowledge(accepting, "utterance", command.utterance_id);
  back.queue.add(unit, {
    type: "utterance_read",
    payload: { utteranceId: command.utterance_id, text: command.text },
    workspaceId,
    cid,
    priority: priorities.utterance_read,
  });
  return undefined;
};
