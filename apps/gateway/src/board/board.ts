import { createBounded } from "./bounded.ts";
import type { Bounded } from "./bounded.ts";

/** One row of the event log as it reaches the front: the coded line, its command's cid, and when. */
export interface LogRow {
  readonly seq: number;
  readonly line: string;
  readonly cid?: string;
  readonly at: number;
}

/** A task as events told it. */
export interface BoardTask {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly progress?: number;
  readonly parentId?: string;
  readonly intentType?: string;
  readonly complexity?: number;
  readonly confidence?: number;
  readonly routing?: string;
  readonly cid?: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A run of a workflow, with its steps in order. */
export interface BoardRun {
  readonly id: string;
  readonly workflowId: string;
  readonly title: string;
  readonly status: string;
  readonly progress: number;
  readonly steps: readonly { readonly id: string; readonly name: string; readonly status: string }[];
  readonly result?: string;
  readonly cid?: string;
  readonly updatedAtMs: number;
}

/** A remembered value. */
export interface BoardMemory {
  readonly key: string;
  readonly value: string;
  readonly type: string;
  readonly atMs: number;
}

/** One utterance with what was replied to it, in order. */
export interface BoardTurn {
  readonly utteranceId: string;
  readonly text: string;
  readonly atMs: number;
  readonly replies: readonly {
    readonly text: string;
    readonly by: string;
    readonly state: string;
    readonly atMs: number;
  }[];
}

/** Something that is worth a card: a completion, a context, an error. */
export interface Notice {
  readonly seq: number;
  readonly kind: "complete" | "context" | "error";
  readonly title: string;
  readonly text: string;
  readonly cid?: string;
  readonly atMs: number;
}

/** What the events told so far. It is changed in place: only `applyRow` writes to it. [G12] */
export interface Board {
  /** The seq of the newest row that was applied. */
  seq: number;
  readonly tasks: Bounded<BoardTask>;
  readonly runs: Bounded<BoardRun>;
  readonly memories: Bounded<BoardMemory>;
  readonly turns: Bounded<BoardTurn>;
  readonly notices: Bounded<Notice>;
}

/** How much a board keeps of each kind; what was told longest ago goes first. */
export const boardLimits = { tasks: 1000, runs: 200, memories: 1000, turns: 500, notices: 200 } as const;

/** Creates a board of which nothing was told yet. */
export function createBoard(): Board {
  return {
    seq: 0,
    tasks: createBounded(boardLimits.tasks),
    runs: createBounded(boardLimits.runs),
    memories: createBounded(boardLimits.memories),
    turns: createBounded(boardLimits.turns),
    notices: createBounded(boardLimits.notices),
  };
}
