import { acknowledge, complete } from "./accepting.ts";
import type { Acceptor } from "./accepting.ts";

// What a person may change by saying so; states move by work only.
const textFields: ReadonlyMap<string, "title" | "description" | "businessGoal"> = new Map([
  ["title", "title"],
  ["description", "description"],
  ["business_goal", "businessGoal"],
]);

/** Changes a field of a task. [O10] */
export const acceptAmend: Acceptor<"amend"> = (command, accepting) => {
  const { back, unit, workspaceId, cause } = accepting;
  const field = textFields.get(command.field);
  if (field === undefined || typeof command.value !== "string" || command.value.trim() === "") {
    return {
      code: "bad_amendment",
      message: `The field ${command.field} cannot be changed to that.`,
      recovery: `Give a text for one of ${[...textFields.keys()].join(", ")}.`,
    };
  }
  const updated = back.store.tasks.update(unit, workspaceId, command.target_id, { [field]: command.value }, cause);
  if (!updated.ok) return { code: "unknown_target", message: updated.error.message, recovery: updated.error.hint };
  acknowledge(accepting, "task", `${command.target_id}:amend`);
  complete(accepting, "task", `${command.target_id}:amend`);
  return undefined;
};
