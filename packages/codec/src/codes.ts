// The whole vocabulary, as templates: `{name}` is text, `{name:kind}` another kind, `!` is required; the first field
// always is. Fields are only ever appended. A code means one thing per direction: `tc` creates a task on the way down
// and completes one on the way up.

/** The commands: what the front tells the back to do. [C12] */
export const commandTemplates = {
  // `task_id` may be the word `auto`: the task just created in this turn. No entity has that id.
  task_create: "tc:{title}|{intent_type}|{complexity:level}",
  task_split: "ts:{task_id}|{confidence:unit}|{reason}",
  workflow_start: "wf:{workflow_id}|{params:any}",
  context_load: "cl:{context_id}|{depth}",
  memory_store: "ms:{key}|{value:any!}|{type}",
  // House codes. `route` is `front` (answered in front) or `back` (the back must read it); `at` is in milliseconds.
  utterance: "ut:{utterance_id}|{text!}|{reply}|{by}|{state}|{at:number}|{route}",
  cancel: "ca:{target_id}|{reason}",
  amend: "am:{target_id}|{field!}|{value:any}",
  approve: "ap:{target_id}|{decision!}",
  retry: "re:{target_id}|{reason}",
} as const;

/** The events: what the back tells the front. [C12] */
export const eventTemplates = {
  task_ready: "tr:{task_id}|{confidence:unit}|{routing}",
  task_complete: "tc:{task_id}|{result}|{next_steps:any}",
  status_update: "su:{entity_id}|{status!}|{progress:unit}",
  context_loaded: "cl:{context_id}|{summary}",
  error: "er:{code}|{message}|{recovery:any}",
  // House codes.
  utterance_recorded: "ut:{utterance_id}|{text!}|{at:number}",
  reply: "rp:{utterance_id}|{text!}|{by}|{state}|{at:number}",
  task_described: "ta:{task_id}|{title!}|{parent_id}|{intent_type}|{complexity:level}",
  run_described: "wr:{run_id}|{workflow_id}|{title}|{steps:any}",
  memory_stored: "me:{key}|{value:any}|{type}|{at:number}",
  memory_forgotten: "mf:{key}|{at:number}",
  task_related: "rl:{task_id}|{kind}|{other_id}",
  project_described: "pj:{project_id}|{title}",
} as const;
