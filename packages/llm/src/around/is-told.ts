import type { ModelEvent } from "../model.ts";

/** Whether an event is heard by the reader: behind it nobody else can begin the answer anew. */
export function isTold(event: ModelEvent): boolean {
  return event.kind === "text" || event.kind === "thinking" || event.kind === "tool_call";
}
