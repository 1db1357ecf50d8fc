import type { CompiledLanguage } from "./compile-language.ts";
import type { Offer } from "./offer.ts";
import type { Thing } from "./things.ts";

/** Offers to cancel one thing. */
export function offerCancel({ id, title }: Thing, { language }: CompiledLanguage): Offer {
  return { title, text: language.replies.cancel(title), commands: [{ op: "cancel", target_id: id }] };
}

/** Offers to try one failed thing again. */
export function offerRetry({ id, title }: Thing, { language }: CompiledLanguage): Offer {
  return { title, text: language.replies.retry(title), commands: [{ op: "retry", target_id: id }] };
}

/** Offers to have one task split. */
export function offerSplit({ id, title }: Thing, { language }: CompiledLanguage): Offer {
  return { title, text: language.replies.split(title), commands: [{ op: "task_split", task_id: id }] };
}

/** Offers to start one workflow. */
export function offerWorkflow({ id, title }: Pick<Thing, "id" | "title">, { language }: CompiledLanguage): Offer {
  return { title, text: language.replies.workflow(title), commands: [{ op: "workflow_start", workflow_id: id }] };
}
