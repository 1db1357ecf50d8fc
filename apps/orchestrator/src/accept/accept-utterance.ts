import { priorities } from "../jobs/jobs.ts";
import { findFacts } from "../facts/find-facts.ts";
import { isTellable } from "../event-line.ts";
import { acknowledge } from "../steps/acknowledge.ts";
import type { Acceptor } from "./accepting.ts";

/** Records what was said and what was replied, and queues the reading of what the front did not understand. [O8] */
export const acceptUtterance: Acceptor<"utterance"> = (command, accepting) => {
  const { back, unit, workspaceId, cid, cause } = accepting;
  const { utterance_id, text, reply = "", by = "reflex", state = "recorded" } = command;
  const at = command.at ?? back.clock.nowMs();
  const said = { utterance_id, text, at };
  const replied = { utterance_id, text: reply, by, state, at };
  if (
    !isTellable({ op: "utterance_recorded", cid, ...said }) ||
    (reply !== "" && !isTellable({ op: "reply", cid, ...replied }))
  ) {
    return { code: "too_large", message: "The utterance is too large to be told again.", recovery: "Say it in parts." };
  }
  const entity = { entityType: "utterance", entityId: utterance_id };
  back.store.events.append(unit, workspaceId, { ...entity, eventType: "utterance_recorded", payload: said }, cause);
  if (reply !== "") {
    back.store.events.append(unit, workspaceId, { ...entity, eventType: "reply", payload: replied }, cause);
  }
  if (findFacts(text).length > 0 || (command.route === "back" && back.mind.brains.has("facts"))) {
    const payload = { text, source: utterance_id, speaker: "user" };
    back.queue.add(unit, { type: "facts_learn", payload, workspaceId, priority: priorities.facts_learn });
  }
  // Answered in front, nothing of it is queued: its own row says that it is here. A status would be read as the turn's.
  if (command.route !== "back") return undefined;
  acknowledge(accepting, "utterance", utterance_id);
  back.queue.add(unit, {
    type: "utterance_read",
    payload: { utteranceId: utterance_id, text },
    workspaceId,
    cid,
    priority: priorities.utterance_read,
  });
  return undefined;
};
