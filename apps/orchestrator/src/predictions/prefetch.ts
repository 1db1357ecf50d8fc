import { LRUCache } from "lru-cache";
import type { Timer } from "@kingly/runtime";
import type { Back } from "../back.ts";
import type { ContextAsked } from "../context/contexts.ts";
import type { Need } from "./habits.ts";
import type { Prediction } from "./predictions.ts";
import { predictionTimes } from "./predictions.ts";
import { createPrefetchPolicy } from "./prefetch-policy.ts";
import type { PrefetchPolicy } from "./prefetch-policy.ts";
import type { Turn } from "./turn.ts";

/** What is loaded before it is asked for. */
export interface Prefetch {
  /** What is probably needed after a turn: loaded while nothing else is done. */
  take(prediction: Pick<Prediction, "workspaceId" | "needs">): void;
  /** A turn was said: what it needed, if it was loaded ahead, was used. */
  onTurn(workspaceId: string, turn: Turn): void;
  stats(): PrefetchStats;
  close(): void;
}

/** What came of it. */
export interface PrefetchStats {
  readonly loaded: number;
  readonly used: number;
  readonly wasted: number;
  /** Not loaded: it is here already, something else was to be done, or a bound. */
  readonly left: number;
  /** Workspaces in which it has stopped by itself. */
  readonly stopped: number;
}

interface Ahead {
  readonly policy: PrefetchPolicy;
  /** What was loaded and not used yet, until when it is of use. */
  readonly waiting: Map<string, number>;
  needs: readonly Need[];
  timer: Timer | undefined;
}

const idleMs = 200;
const lifeMs = 300_000;
const maxWorkspaces = 64;

/** Creates the loading ahead. One thing at a time for a workspace, 6 a minute, none while the process is late. [O66] */
export function createPrefetch(
  { clock, contexts, log, mayRepeat, workflows }: Pick<Back, "clock" | "contexts" | "log" | "mayRepeat" | "workflows">,
  /** Tells whether a server runs. */
  isReady: (server: string) => boolean,
): Prefetch {
  const byWorkspace = new LRUCache<string, Ahead>({ max: maxWorkspaces, dispose: (ahead) => ahead.timer?.cancel() });
  const warmed = new Set<string>();
  let closed = false;
  let loaded = 0;
  let used = 0;
  let wasted = 0;
  let left = 0;

  const aheadOf = (workspaceId: string): Ahead => {
    const known = byWorkspace.get(workspaceId);
    if (known !== undefined) return known;
    const ahead: Ahead = { policy: createPrefetchPolicy(), waiting: new Map(), needs: [], timer: undefined };
    byWorkspace.set(workspaceId, ahead);
    return ahead;
  };
  const settle = (ahead: Ahead, key: string, wasUsed: boolean): void => {
    ahead.waiting.delete(key);
    if (wasUsed) used += 1;
    else wasted += 1;
    ahead.policy.settle(wasUsed, clock.nowMs());
  };
  const settleOld = (ahead: Ahead): void => {
    for (const [key, untilMs] of ahead.waiting) if (clock.nowMs() >= untilMs) settle(ahead, key, false);
  };
  const onAsked = (asked: ContextAsked): void => {
    const ahead = byWorkspace.peek(asked.workspaceId);
    const key = contextKey(asked);
    if (ahead?.waiting.has(key) === true) settle(ahead, key, contexts.has(asked));
  };
  const stopWatching = contexts.watch(onAsked);

  /** What there is to do for a need; undefined when it is done already. */
  const workFor = (workspaceId: string, need: Need): (() => Promise<unknown>) | undefined => {
    if (need.kind === "context") {
      const asked = toAsked(workspaceId, need.contextId);
      return contexts.has(asked) ? undefined : () => contexts.warm(asked);
    }
    const steps = workflows().byId.get(need.workflowId)?.steps ?? [];
    const calls = steps.flatMap((step) => (step.kind === "mcp" ? [step] : []));
    const cold = calls.filter(({ server }) => !isReady(server) || !warmed.has(server));
    if (cold.length === 0) return undefined;
    return async () => {
      // Starts the server and reads its tools, as the step will: one after the other.
      for (const { server, tool } of cold) {
        if (closed) return;
        await mayRepeat(server, tool);
        warmed.add(server);
      }
    };
  };
  const soon = (workspaceId: string, ahead: Ahead): void => {
    if (closed || ahead.timer !== undefined || ahead.needs.length === 0) return;
    const dueMs = clock.monotonicMs() + idleMs;
    ahead.timer = clock.setTimer(idleMs, () => {
      ahead.timer = undefined;
      settleOld(ahead);
      const [need, ...others] = ahead.needs;
      if (need === undefined) return;
      if (clock.monotonicMs() - dueMs > predictionTimes.lateMs || !ahead.policy.mayBegin(clock.nowMs())) {
        left += ahead.needs.length;
        ahead.needs = [];
        return;
      }
      ahead.needs = others;
      const key = keyOf(workspaceId, need);
      const work = ahead.waiting.has(key) ? undefined : workFor(workspaceId, need);
      if (work === undefined) {
        left += 1;
        return soon(workspaceId, ahead);
      }
      ahead.policy.begin(clock.nowMs());
      ahead.waiting.set(key, clock.nowMs() + lifeMs);
      loaded += 1;
      work()
        .catch((thrown: unknown) => log.debug("what may be needed could not be loaded", { key, why: String(thrown) }))
        .finally(() => {
          ahead.policy.end();
          soon(workspaceId, ahead);
        });
    });
  };

  return {
    take({ workspaceId, needs }) {
      if (closed || needs.length === 0) return;
      const ahead = aheadOf(workspaceId);
      ahead.timer?.cancel();
      ahead.timer = undefined;
      ahead.needs = needs;
      soon(workspaceId, ahead);
    },
    onTurn(workspaceId, { key }) {
      const ahead = byWorkspace.peek(workspaceId);
      if (ahead?.waiting.has(`tools ${key}`) === true) settle(ahead, `tools ${key}`, true);
    },
    stats() {
      const all = [...byWorkspace.values()];
      for (const ahead of all) settleOld(ahead);
      const stopped = all.filter(({ policy }) => policy.isStopped(clock.nowMs())).length;
      return { loaded, used, wasted, left, stopped };
    },
    close() {
      closed = true;
      stopWatching();
      byWorkspace.clear();
    },
  };
}

function toAsked(workspaceId: string, contextId: string): ContextAsked {
  // As the front asks: words of a memory by searching, everything else in full.
  return { workspaceId, contextId, depth: contextId.startsWith("memory_") ? "search" : "full" };
}

function keyOf(workspaceId: string, need: Need): string {
  return need.kind === "tools" ? `tools wf:${need.workflowId}` : contextKey(toAsked(workspaceId, need.contextId));
}

function contextKey({ contextId, depth }: ContextAsked): string {
  return `context ${depth} ${contextId}`;
}
