/** One turn, as far as predictions look at it. */
export interface Turn {
  /** The id of its utterance. */
  readonly id: string;
  /** `wf:{id}` when it started a workflow, else its words without case, spaces and closing signs; "" when they are too
   * many to be said again. */
  readonly key: string;
  /** What the person said. */
  readonly say: string;
  /** When, in ms. */
  readonly atMs: number;
}

/** Something that the person may say next. */
export interface Suggestion {
  readonly key: string;
  /** The words that were said last for it. */
  readonly say: string;
  /** Why, for the person. */
  readonly why: string;
  /** 0 to 1. */
  readonly probability: number;
}

// Longer texts are hardly said again word for word, and a button shows no more.
const maxSaid = 200;

/** Makes the key of what was said; "" when it is too long to be said again. [O70] */
export function textKey(text: string): string {
  if (text.length > maxSaid) return "";
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/\s+/g, " ")
    .replace(/[\s.!?…]+$/, "")
    .trim();
}

/** Makes the key of a turn that started a workflow. */
export function workflowKey(workflowId: string): string {
  return `wf:${workflowId}`;
}

/** Tells whether a key is a workflow's. */
export function isWorkflowKey(key: string): boolean {
  return key.startsWith("wf:");
}
