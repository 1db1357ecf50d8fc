import type { Command } from "@kingly/codec";
import type { Offer } from "./offer.ts";

/** A task as the front knows it. `progress` is 0 to 1. */
export interface ViewTask {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly progress?: number;
  readonly parentId?: string;
  readonly updatedAtMs: number;
}

/** A workflow run as the front knows it. `progress` is 0 to 1. */
export interface ViewRun {
  readonly id: string;
  readonly workflowId: string;
  readonly title: string;
  readonly status: string;
  readonly progress: number;
}

/** A workflow that the back can start. `phrases` are the words that start it without any input. */
export interface ViewWorkflow {
  readonly id: string;
  readonly name: string;
  readonly phrases?: readonly string[];
}

/** One remembered value, with the time it was said. */
export interface ViewMemory {
  readonly key: string;
  readonly value: string;
  readonly type: string;
  readonly atMs: number;
}

/** One earlier utterance with its reply. */
export interface ViewTurn {
  readonly utteranceId: string;
  readonly text: string;
  readonly reply: string;
  readonly atMs: number;
}

/** What passed between the two last: what was offered, and what can be taken back. [RX21][RX22] */
export interface ViewDialogue {
  /** What the last reply offered: one is a proposal, several are a question which one. */
  readonly offers?: readonly Offer[];
  /** The last commands that were sent, with what takes them back; no `undo` when nothing does. */
  readonly lastCommand?: { readonly atMs: number; readonly title: string; readonly undo: readonly Command[] };
  /** What was replied last, to be said again. */
  readonly lastReply?: string;
}

/** All that an answer may be made of: the front's own picture of the world at one instant. [RX1]
 *
 * Times are milliseconds since 1970. `utcOffsetMinutes` is the person's distance from UTC (default 0, Berlin in
 * summer 120). Lists may be empty; the reflex never asks for more. */
export interface View {
  readonly nowMs: number;
  readonly utcOffsetMinutes?: number;
  readonly backConnected: boolean;
  readonly tasks: readonly ViewTask[];
  readonly runs: readonly ViewRun[];
  readonly memories: readonly ViewMemory[];
  readonly workflows: readonly ViewWorkflow[];
  /** False while the list of workflows is not known yet: no name is then called unknown. Default true. */
  readonly workflowsHeard?: boolean;
  readonly conversation: readonly ViewTurn[];
  /** Default: nothing was offered, nothing was done. */
  readonly dialogue?: ViewDialogue;
}

/** A view of nothing yet: no tasks, no memories, the back reachable, the time 1970. */
export const emptyView: View = {
  nowMs: 0,
  backConnected: true,
  tasks: [],
  runs: [],
  memories: [],
  workflows: [],
  conversation: [],
};
