import type { SourceDeps } from "../context-deps.ts";
import { depths } from "../depths.ts";
import type { Depth } from "../depths.ts";
import type { Piece } from "../context.ts";
import type { Source } from "../source.ts";
import type { Subject } from "../subject.ts";
import { conversationSource } from "./conversation-source.ts";
import { eventSource } from "./event-source.ts";
import type { EntityRef } from "./event-source.ts";
import { entitySource, graphSource } from "./graph-source.ts";
import { memorySource } from "./memory-source.ts";
import { tasksByWords, taskSources } from "./task-sources.ts";
import { projectSources, runSources, workflowSources } from "./work-sources.ts";

/** Lists the sources of a subject at a depth, the nearest first: the thing itself, what stands beside it, what is
 * remembered about it, what happened to it, and what the graph knows around it. [O60] */
export function sourcesOf(deps: SourceDeps, workspaceId: string, subject: Subject, depth: Depth): readonly Source[] {
  const plan = depths[depth];
  if (subject.kind === "conversation") {
    return [conversationSource(deps, workspaceId, subject, { turns: plan.turns, withReplies: depth === "deep" })];
  }
  const { words } = subject;
  const refs: EntityRef[] = [];
  const noted = (source: Source): Source => ({
    ...source,
    async read() {
      const pieces = await source.read();
      refs.push(...pieces.flatMap((piece) => toRef(piece)));
      return pieces;
    },
  });
  const exact = subject.kind === "memory" ? subject.memory : undefined;
  const entity = subject.kind === "entity" ? { entity: subject.entity } : {};
  const isFound = subject.kind === "memory" || subject.kind === "words" || subject.kind === "entity";
  return [
    ...ownSources(deps, workspaceId, subject, depth).map((source) => noted(source)),
    memorySource(deps, workspaceId, words, plan.memories, exact),
    ...(isFound && plan.tasks > 0 ? [noted(tasksByWords(deps, workspaceId, words, Math.min(plan.tasks, 5)))] : []),
    ...(plan.events > 0 ? [eventSource(deps, workspaceId, () => refs, plan.events)] : []),
    ...(plan.hops === 0 ? [] : [graphSource(deps, workspaceId, { words, ...entity }, plan.hops)]),
  ];
}

function ownSources(deps: SourceDeps, workspaceId: string, subject: Subject, depth: Depth): readonly Source[] {
  const plan = depths[depth];
  switch (subject.kind) {
    case "task":
      return taskSources(deps, workspaceId, subject.task, plan);
    case "run":
      return runSources(subject.run);
    case "workflow":
      return workflowSources(deps, workspaceId, subject.definition, plan);
    case "project":
      return projectSources(deps, workspaceId, subject.project, plan);
    case "entity":
      return [entitySource(subject.entity)];
    default:
      return [];
  }
}

function toRef({ kind, id }: Piece): readonly EntityRef[] {
  return kind === "task" || kind === "run" ? [{ entityType: kind, entityId: id }] : [];
}
