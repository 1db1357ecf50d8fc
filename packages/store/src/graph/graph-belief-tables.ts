import { beliefTable } from "../belief-table.ts";
import type { BeliefTable } from "../belief-table.ts";

const told = ["utterance_id", "speaker", "event_seq", "version", "created_at", "updated_at"] as const;

const fact = [
  "from_id",
  "relation_type",
  "type_key",
  "to_id",
  "fact",
  "fact_key",
  "strength",
  "confidence",
  "metadata",
];

/** Entities, by workspace and id. */
export const entityBeliefs: BeliefTable = beliefTable({
  name: "entities",
  thing: ["workspace_id", "id"],
  columns: [
    "name",
    "name_key",
    "entity_type",
    "type_key",
    "summary",
    "metadata",
    "confidence",
    "significance",
    ...told,
  ],
  isSealed: true,
  newest: ["created_at", "id"],
});

/** What was observed of entities: one text each. */
export const observationBeliefs: BeliefTable = beliefTable({
  name: "observations",
  thing: ["workspace_id", "id"],
  columns: ["entity_id", "text", "text_key", ...told],
  isSealed: true,
  newest: ["created_at", "id"],
});

/** Facts between entities. */
export const relationBeliefs: BeliefTable = beliefTable({
  name: "relations",
  thing: ["workspace_id", "id"],
  columns: [...fact, ...told],
  isSealed: true,
  newest: ["created_at", "id"],
});
