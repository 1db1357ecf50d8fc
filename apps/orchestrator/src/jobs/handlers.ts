import type { Handlers } from "@kingly/queue";
import type { Back } from "../back.ts";
import { createContextLoad } from "./context-load.ts";
import { createFactsLearn } from "./facts-learn.ts";
import type { Jobs } from "./jobs.ts";
import { createMemoryStore } from "./memory-store.ts";
import { createMemorySync } from "./memory-sync.ts";
import { createTaskCreate } from "./task-create.ts";
import { createTaskSplit } from "./task-split.ts";
import { createTaskWork } from "./task-work.ts";
import { createUtteranceRead } from "./utterance-read.ts";
import { createWorkflowDeadline } from "./workflow-deadline.ts";
import { createWorkflowExecute } from "./workflow-execute.ts";
import { createWorkflowScheduled } from "./workflow-scheduled.ts";
import { createWorkflowStep } from "./workflow-step.ts";

/** Creates the handler of every kind of job. */
export function createHandlers(back: Back): Handlers<Jobs> {
  return {
    task_create: createTaskCreate(back),
    task_split: createTaskSplit(back),
    task_work: createTaskWork(back),
    facts_learn: createFactsLearn(back),
    workflow_execute: createWorkflowExecute(back),
    workflow_step: createWorkflowStep(back),
    workflow_deadline: createWorkflowDeadline(back),
    workflow_scheduled: createWorkflowScheduled(back),
    context_load: createContextLoad(back),
    memory_store: createMemoryStore(back),
    memory_sync: createMemorySync(back),
    utterance_read: createUtteranceRead(back),
  };
}
