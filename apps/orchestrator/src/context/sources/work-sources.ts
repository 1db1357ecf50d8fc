import type { Project, Run } from "@kingly/store";
import type { Definition } from "@kingly/workflow";
import { cutText } from "../../cut-text.ts";
import type { Piece } from "../context.ts";
import type { ContextDeps } from "../context-deps.ts";
import type { DepthPlan } from "../depths.ts";
import type { Source } from "../source.ts";
import { taskPiece } from "./task-sources.ts";

const maxText = 600;
// Runs are listed newest first; those of one workflow are picked out of as many.
const maxRunsLooked = 100;

/** The source about one run: how far it and its steps are. */
export function runSources(run: Run): readonly Source[] {
  return [{ name: "run", heading: "The run", read: () => [runPiece(run)] }];
}

/** The sources about a workflow: what it does and what it takes, then its latest runs. */
export function workflowSources(
  { clock, store }: ContextDeps,
  workspaceId: string,
  { id, name, description = "", steps, inputs }: Definition,
  { tasks: limit }: DepthPlan,
): readonly Source[] {
  const takes = Object.keys(inputs ?? {});
  const words = [
    `“${cutText(name, 200)}”`,
    cutText(description, maxText),
    `steps: ${steps.map((step) => step.name ?? step.id).join(", ")}`,
    takes.length === 0 ? "" : `takes ${takes.join(", ")}`,
  ];
  const text = cutText(words.filter((word) => word !== "").join(", "), maxText * 2);
  const own: Source = {
    name: "workflow",
    heading: "The workflow",
    read: () => [{ kind: "workflow", id, atMs: clock.nowMs(), text }],
  };
  if (limit === 0) return [own];
  return [
    own,
    {
      name: "runs",
      heading: "Its runs",
      async read() {
        const { items } = await store.runs.list(workspaceId, { limit: maxRunsLooked });
        return items
          .filter(({ workflowId }) => workflowId === id)
          .slice(0, limit)
          .map((run) => runPiece(run));
      },
    },
  ];
}

/** The sources about a project: itself, then its tasks, newest first. */
export function projectSources(
  { store }: ContextDeps,
  workspaceId: string,
  project: Project,
  { tasks: limit }: DepthPlan,
): readonly Source[] {
  const { id, name, description, status, updatedAtMs } = project;
  const text = [`“${cutText(name, 200)}”`, cutText(description ?? "", maxText), status].filter((word) => word !== "");
  const own: Source = {
    name: "project",
    heading: "The project",
    read: () => [{ kind: "project", id, atMs: updatedAtMs, text: text.join(", ") }],
  };
  if (limit === 0) return [own];
  return [
    own,
    {
      name: "tasks",
      heading: "Its tasks",
      read: async () =>
        (await store.tasks.list(workspaceId, { projectId: id, limit })).items.map((task) => taskPiece(task)),
    },
  ];
}

function runPiece({ id, title, status, progress, updatedAtMs }: Run): Piece {
  const text = `“${cutText(title, 200)}”, ${status}, ${Math.round(progress * 100)} %`;
  return { kind: "run", id, atMs: updatedAtMs, text };
}
