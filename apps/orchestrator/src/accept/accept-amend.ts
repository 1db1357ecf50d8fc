import type { TaskFields } from "@kingly/store";
import { readRun } from "../jobs/read-run.ts";
import { acceptAmendRun } from "./accept-amend-run.ts";
import { acceptAmendStep } from "./accept-amend-step.ts";
import { acknowledge, complete } from "../steps/acknowledge.ts";
import type { Acceptor, CommandRefusal } from "./accepting.ts";
import { findStep } from "./rerun-from.ts";

// What a person may change by saying so; states move by work only.
const textFields: ReadonlyMap<string, "title" | "description" | "businessGoal"> = new Map([
  ["title", "title"],
  ["description", "description"],
  ["business_goal", "businessGoal"],
]);

/** Changes a field of a task; without a value it clears the field, which a title cannot do without. Of a run it changes
 * the status or tells a signal; of a step what it is given. [O10][O25] */
export const acceptAmend: Acceptor<"amend"> = (command, accepting) => {
  const { back, unit, workspaceId, cause } = accepting;
  const known = readRun(back.store, workspaceId, command.target_id, unit);
  if (known !== undefined) return acceptAmendRun(accepting, known, command.field, command.value);
  const place = findStep(accepting, command.target_id);
  if (place !== undefined) return acceptAmendStep(accepting, place, command.field, command.value);
  const field = textFields.get(command.field);
  // A title such as 2026 reads as a number in the language.
  const value = typeof command.value === "number" ? String(command.value) : command.value;
  if (field === undefined || (value === undefined ? field === "title" : !isText(value)))
    return badAmendment(command.field);
  const patch: TaskFields = { [field]: value ?? null };
  const updated = back.store.tasks.update(unit, workspaceId, command.target_id, patch, cause);
  if (!updated.ok) return { code: "unknown_target", message: updated.error.message, recovery: updated.error.hint };
  acknowledge(accepting, "task", `${command.target_id}:amend`);
  complete(accepting, "task", `${command.target_id}:amend`);
  return undefined;
};

function isText(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}

function badAmendment(field: string): CommandRefusal {
  return {
    code: "bad_amendment",
    message: `The field ${field} cannot be changed to that.`,
    recovery: `Give a text for one of ${[...textFields.keys()].join(", ")}.`,
  };
}
