import type { ContextDeps } from "./context-deps.ts";
import type { Subject } from "./subject.ts";

const dayMs = 86_400_000;
// Names of projects are looked through; those of the newest are enough to find by name, any is found by its id.
const maxProjects = 200;

/** Finds what a context id means. [O61]
 *
 * In this order: `conversation_{date}`, the id of a task, of a run, the key of a memory, the id of a workflow, the id or
 * name of a project, the name of an entity; else it is words, without `memory_`. */
export async function findSubject(deps: ContextDeps, workspaceId: string, contextId: string): Promise<Subject> {
  const { store } = deps;
  const day = /^conversation_(\d{4}-\d{2}-\d{2})$/.exec(contextId)?.[1];
  const dayBeginsMs = day === undefined ? Number.NaN : Date.parse(`${day}T00:00:00Z`);
  if (day !== undefined && !Number.isNaN(dayBeginsMs)) {
    // A person's day is not UTC's: half a day more on both sides misses nothing that they would call that day.
    const span = { fromMs: dayBeginsMs - dayMs / 2, toMs: dayBeginsMs + dayMs * 1.5 };
    return { kind: "conversation", words: day, day, ...span };
  }
  const words = wordsOf(contextId);
  const task = store.tasks.get(workspaceId, contextId);
  if (task !== undefined) return { kind: "task", words: task.title, task };
  const run = store.runs.get(workspaceId, contextId);
  if (run !== undefined) return { kind: "run", words: run.title, run };
  const memory = store.memory.recall(workspaceId, contextId);
  if (memory !== undefined) return { kind: "memory", words, memory };
  const definition = deps.workflows().byId.get(contextId);
  if (definition !== undefined) return { kind: "workflow", words: definition.name, definition };
  if (contextId.startsWith("memory_")) return { kind: "words", words };
  const { items } = await store.projects.list(workspaceId, { limit: maxProjects });
  const named = (name: string): boolean => name.toLowerCase() === words.toLowerCase();
  const project = store.projects.get(workspaceId, contextId) ?? items.find(({ name }) => named(name));
  if (project !== undefined) return { kind: "project", words: project.name, project };
  const [entity] = store.entities.open(workspaceId, [contextId, words], { maxObservations: 20 });
  if (entity !== undefined) return { kind: "entity", words: entity.name, entity };
  return { kind: "words", words };
}

function wordsOf(contextId: string): string {
  const words = contextId
    .replace(/^memory_/, "")
    .replaceAll(/[_-]+/g, " ")
    .trim();
  return words === "" ? contextId : words;
}
