import type { BoardMemory, BoardRun, BoardTask } from "../../src/board/board.ts";
import type { SuggestedNext } from "../../src/suggestions/read-suggest.ts";
import type { Connection } from "./connection-words.ts";
import type { HouseNews } from "./house-news.ts";
import type { TimelineItem } from "./timeline.ts";
import type { WorkflowNews } from "./workflow-news.ts";

/** Everything that is painted. A new object for every paint; what did not change is the same inside. */
export interface PageState {
  /** `starting` until the first snapshot; `signed-out` when the gateway does not know this browser. */
  readonly phase: "starting" | "ready" | "signed-out";
  readonly connection: Connection;
  /** Why the orchestrator is away, when it is. */
  readonly backAway: string | undefined;
  readonly timeline: readonly TimelineItem[];
  readonly tasks: readonly BoardTask[];
  readonly runs: readonly BoardRun[];
  readonly memories: readonly BoardMemory[];
  /** What waits for a decision, and which workflows did not load. */
  readonly workflows: WorkflowNews;
  /** How each part of the house is, and who thinks in it. */
  readonly house: HouseNews;
  /** When a running task or run was first seen running, by id. */
  readonly runningSince: ReadonlyMap<string, number>;
  /** What was said here before, oldest first. */
  readonly said: readonly string[];
  /** What was said here and not heard yet. */
  readonly sending: number;
  /** What a screen reader says next; `turn` changes with every announcement. */
  readonly announcement: { readonly turn: number; readonly text: string };
  /** What would be understood of what is typed now, where a person turned that on. */
  readonly preview: { readonly isOn: boolean; readonly text: string | undefined };
  /** Whether completions are told outside of the page, and why not when they were to be. */
  readonly notices: { readonly isOn: boolean; readonly why: string | undefined };
  /** What may be said after the newest turn; undefined once something else was said. */
  readonly next: SuggestedNext | undefined;
  /** Completions that came while the page was hidden. */
  readonly unseen: number;
}
