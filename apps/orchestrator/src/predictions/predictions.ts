import { LRUCache } from "lru-cache";
import type { Timer } from "@kingly/runtime";
import type { Back } from "../back.ts";
import { createHabits } from "./habits.ts";
import type { Habits, Need } from "./habits.ts";
import { habitsBegin, readHabits } from "./read-habits.ts";
import type { OffsetMinutes } from "./start-times.ts";
import type { Suggestion, Turn } from "./turn.ts";

/** Predictions of what is said next, workspace by workspace, read from the log behind everything else. */
export interface Predictions {
  /** Begins to follow a workspace: its last 5,000 utterances are read, bit by bit. */
  open(workspaceId: string): void;
  /** What was found out so far. */
  stats(): { readonly workspaces: number; readonly turns: number; readonly told: number; readonly skipped: number };
  close(): void;
}

/** What is found out after a turn. */
export interface Prediction {
  readonly workspaceId: string;
  readonly turn: Turn;
  readonly items: readonly Suggestion[];
  readonly needs: readonly Need[];
}

/** When it looks, and how much. */
export const predictionTimes = {
  /** After the first commit of several. */
  gatherMs: 50,
  /** Between two parts of a long log. */
  pauseMs: 10,
  /** A timer that fires later than this tells that the process has other things to do. */
  lateMs: 30,
  /** Rows of the log looked at in one go. */
  rowsPerLook: 500,
  /** More rows than these since the last look: nobody is thinking of what to say next. */
  busyRows: 400,
  maxSaid: 5000,
  /** As many as a gateway mirrors. */
  maxRows: 100_000,
  maxWorkspaces: 64,
} as const;

interface Followed {
  readonly habits: Habits;
  epoch: string;
  cursor: number;
  timer: Timer | undefined;
  /** The turn for which something was found out last. */
  toldFor: string | undefined;
  /** False until the log was read to its end once: what is read before is history. */
  isCurrent: boolean;
  unsubscribe(): void;
}

/** Creates the predictions. Nothing of it is done while a command is accepted: a commit only sets a timer. [O72] */
export function createPredictions(
  { clock, database, log, store }: Pick<Back, "clock" | "database" | "log" | "store">,
  options: {
    /** Takes what was found out after the newest turn, at most once for a turn. */
    onPrediction(prediction: Prediction): void;
    /** Takes each turn that is the newest when the log is looked at. @default nothing */
    onTurn?(workspaceId: string, turn: Turn): void;
    /** @default the offset of this machine */
    readonly offsetMinutes?: OffsetMinutes;
  },
): Predictions {
  const offsetMinutes = options.offsetMinutes ?? ((atMs) => -new Date(atMs).getTimezoneOffset());
  const followed = new LRUCache<string, Followed>({
    max: predictionTimes.maxWorkspaces,
    dispose(one) {
      one.timer?.cancel();
      one.unsubscribe();
    },
  });
  let turns = 0;
  let told = 0;
  let skipped = 0;

  const begin = (workspaceId: string): Followed | undefined => {
    const position = store.events.position(workspaceId);
    if (position === undefined) return undefined;
    return {
      habits: createHabits({ offsetMinutes }),
      epoch: position.epoch,
      cursor: habitsBegin(database, workspaceId, position, predictionTimes),
      timer: undefined,
      toldFor: undefined,
      isCurrent: false,
      unsubscribe: store.events.subscribe(workspaceId, () => soon(workspaceId)),
    };
  };
  const soon = (workspaceId: string, afterMs: number = predictionTimes.gatherMs): void => {
    // Asked for without moving it up: this is called for every commit.
    const one = followed.peek(workspaceId);
    if (one === undefined || one.timer !== undefined) return;
    const dueMs = clock.monotonicMs() + afterMs;
    one.timer = clock.setTimer(afterMs, () => {
      one.timer = undefined;
      try {
        look(workspaceId, one, clock.monotonicMs() - dueMs);
      } catch (thrown) {
        log.warn("what is said next cannot be predicted now", { workspaceId, why: String(thrown) });
      }
    });
  };
  const look = (workspaceId: string, one: Followed, lateMs: number): void => {
    const position = store.events.position(workspaceId);
    if (position === undefined) return;
    if (position.epoch !== one.epoch || position.head < one.cursor) {
      // Another log under the same name: what was learned is of what is gone.
      followed.delete(workspaceId);
      return open(workspaceId);
    }
    const rows = position.head - one.cursor;
    const through = Math.min(position.head, one.cursor + predictionTimes.rowsPerLook);
    const found = readHabits(database, workspaceId, one.cursor, through);
    one.cursor = through;
    one.habits.take(found);
    turns += found.filter(({ kind }) => kind === "said").length;
    if (through < position.head) return soon(workspaceId, predictionTimes.pauseMs);
    const newest = one.habits.newest();
    const isHistory = !one.isCurrent;
    one.isCurrent = true;
    if (newest === undefined || newest.id === one.toldFor || !found.some(({ turnId }) => turnId === newest.id)) return;
    one.toldFor = newest.id;
    if (isHistory) return;
    options.onTurn?.(workspaceId, newest);
    if (lateMs > predictionTimes.lateMs || rows > predictionTimes.busyRows) {
      skipped += 1;
      return;
    }
    const nowMs = clock.nowMs();
    const items = one.habits.suggest(nowMs);
    if (items.length === 0) return;
    told += 1;
    const keys = items.map(({ key }) => key);
    options.onPrediction({ workspaceId, turn: newest, items, needs: one.habits.needsOf(keys, nowMs) });
  };
  const open = (workspaceId: string): void => {
    if (followed.get(workspaceId) !== undefined) return;
    const one = begin(workspaceId);
    if (one === undefined) return;
    followed.set(workspaceId, one);
    soon(workspaceId);
  };

  return {
    open,
    stats: () => ({ workspaces: followed.size, turns, told, skipped }),
    close: () => followed.clear(),
  };
}
