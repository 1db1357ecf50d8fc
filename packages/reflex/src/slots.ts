import type { Command } from "@kingly/codec";
import type { Candidate } from "./candidate.ts";

/** What was read in an utterance beside its intent. Each is there only when it was said. [RX20] */
export interface Slots {
  readonly title?: string;
  readonly intentType?: string;
  readonly complexity?: string;
  /** When something is due, in milliseconds since 1970. No command carries it: such an utterance goes to the back. */
  readonly dueAtMs?: number;
  /** The words that told when. */
  readonly dueText?: string;
  readonly workflowId?: string;
  readonly key?: string;
  readonly value?: string;
  /** The id of the task or run that is meant. */
  readonly targetId?: string;
  /** What was asked about, in words. */
  readonly about?: string;
}

/** Gathers the slots of a candidate: those of its commands, and what else it read. */
export function slotsOf(candidate: Candidate): Slots {
  return Object.assign({}, ...(candidate.commands ?? []).toReversed().map(slotsOfCommand), candidate.slots) as Slots;
}

function slotsOfCommand(command: Command): Slots {
  switch (command.op) {
    case "task_create": {
      const { intent_type: intentType = "general", complexity = "medium" } = command;
      return { title: command.title, intentType, complexity: String(complexity) };
    }
    case "workflow_start":
      return { workflowId: command.workflow_id };
    case "memory_store":
      return { key: command.key, ...(typeof command.value === "string" ? { value: command.value } : {}) };
    case "cancel":
    case "retry":
      return { targetId: command.target_id };
    case "task_split":
      return command.task_id === "auto" ? {} : { targetId: command.task_id };
    default:
      return {};
  }
}
