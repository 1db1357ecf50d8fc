interface Told {
  workspace_id: string;
  id: string;
  utterance_id: string | null;
  speaker: string | null;
  event_seq: number;
  version: number;
  created_at: number;
  updated_at: number;
  valid_from: number;
  valid_to: number;
  sys_from: number;
  sys_to: number;
}

/** A row of `entities`. */
export interface EntityRow extends Told {
  name: string;
  name_key: string;
  entity_type: string;
  type_key: string;
  summary: string | null;
  metadata: string;
  confidence: number;
  significance: number;
}

/** A row of `observations`. */
export interface ObservationRow extends Told {
  entity_id: string;
  text: string;
  text_key: string;
}

/** A row of `relations`. */
export interface RelationRow extends Told {
  from_id: string;
  relation_type: string;
  type_key: string;
  to_id: string;
  fact: string | null;
  fact_key: string;
  strength: number;
  confidence: number;
  metadata: string;
}

/** A row of `entity_aliases`. */
export interface EntityAliasRow {
  row_id: number;
  workspace_id: string;
  alias_id: string;
  entity_id: string;
  event_seq: number;
  sys_from: number;
  sys_to: number;
}

/** A row of `graph_texts`. */
export interface GraphTextRow {
  id: number;
  workspace_id: string;
  owner_id: string;
  part: string;
  text_key: string;
  text: string;
}
