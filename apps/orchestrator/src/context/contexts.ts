import type { LoadedContext } from "./context.ts";
import type { ContextDeps } from "./context-deps.ts";
import type { Depth } from "./depths.ts";
import { createFreshCache } from "./fresh-cache.ts";
import type { FreshCounts } from "./fresh-cache.ts";
import type { LogPosition } from "@kingly/store";
import { gatherContext } from "./gather-context.ts";
import { createKnownRelationships } from "./known-relationships.ts";
import type { KnownRelationships } from "./known-relationships.ts";
import type { Subject } from "./subject.ts";
import { createTouches } from "./touches-context.ts";

/** One context, as it is asked for. */
export interface ContextAsked {
  readonly workspaceId: string;
  readonly contextId: string;
  readonly depth: Depth;
  /** Tokens of the text, 50 to 32,000. @default that of the depth */
  readonly budget?: number;
}

/** Contexts, loaded once until something happens to what they were made from. */
export interface Contexts {
  /** Loads a context for whoever works with it now. [O60] */
  load(asked: ContextAsked): Promise<LoadedContext>;
  /** Loads a context that somebody may need soon; it counts neither as a hit nor as a miss. [O66] */
  warm(asked: ContextAsked): Promise<LoadedContext>;
  /** Whether it is here and still true. */
  has(asked: ContextAsked): boolean;
  /** Calls `listener` with each `load`, until the function it gives is called. */
  watch(listener: (asked: ContextAsked) => void): () => void;
  readonly relationships: KnownRelationships;
  counts(): Readonly<Record<"contexts" | "task_relationships", FreshCounts>>;
}

const lifeMs = 300_000;
// 500 contexts at the greatest depth are about 5 MB.
const maxContexts = 500;

/** Creates the cache over the store. What is asked for several times at once is read once. [O62] */
export function createContexts(
  deps: ContextDeps,
  options: {
    /** Puts a context into better words, for who has a model; the text it gives takes the place of the rules' text.
     * @default the text of the rules */
    readonly write?: (context: LoadedContext) => Promise<string>;
  } = {},
): Contexts {
  const { clock } = deps;
  const cache = createFreshCache<LoadedContext>(deps, { maxEntries: maxContexts });
  const relationships = createKnownRelationships(deps);
  const loading = new Map<string, { readonly since: number; readonly context: Promise<LoadedContext> }>();
  const watchers = new Set<(asked: ContextAsked) => void>();

  const read = async (asked: ContextAsked, key: string, since: LogPosition | undefined): Promise<LoadedContext> => {
    const { workspaceId, contextId } = asked;
    const workflows = deps.workflows();
    const { loaded: byRules, ...made } = await gatherContext({ ...deps, relationships }, asked);
    const loaded = options.write === undefined ? byRules : { ...byRules, text: await options.write(byRules) };
    // What lacks a source is given, but not again.
    if (loaded.missing.length > 0 || since === undefined) return loaded;
    const ends = made.read.flatMap(({ untilMs }) => (untilMs === undefined ? [] : [untilMs]));
    const isTouchedBy = createTouches({ contextId, ...made });
    const isStill = (): boolean => !mayMeanWorkflow(made.subject) || deps.workflows() === workflows;
    const untilMs = Math.min(clock.nowMs() + lifeMs, ...ends);
    cache.keep(workspaceId, key, { value: loaded, untilMs, isTouchedBy, isStill }, since);
    return loaded;
  };
  const readOnce = (asked: ContextAsked, key: string): Promise<LoadedContext> => {
    const { workspaceId } = asked;
    const name = `${workspaceId}\n${key}`;
    const since = cache.position(workspaceId);
    const running = loading.get(name);
    // Who asks after something has happened must be told of it.
    if (running !== undefined && running.since === since?.head) return running.context;
    const context = read(asked, key, since).finally(() => {
      if (loading.get(name)?.context === context) loading.delete(name);
    });
    loading.set(name, { since: since?.head ?? 0, context });
    return context;
  };

  return {
    async load(asked) {
      for (const watcher of watchers) watcher(asked);
      const key = keyOf(asked);
      return cache.get(asked.workspaceId, key) ?? readOnce(asked, key);
    },
    warm: async (asked) => readOnce(asked, keyOf(asked)),
    has: (asked) => cache.has(asked.workspaceId, keyOf(asked)),
    watch(listener) {
      watchers.add(listener);
      return () => void watchers.delete(listener);
    },
    relationships,
    counts: () => ({ contexts: cache.counts(), task_relationships: relationships.counts() }),
  };
}

function keyOf({ contextId, depth, budget }: ContextAsked): string {
  return `${depth} ${budget ?? ""}\n${contextId}`;
}

// A name that meant nothing may be a workflow's now.
function mayMeanWorkflow({ kind }: Subject): boolean {
  return kind === "workflow" || kind === "words" || kind === "project" || kind === "entity";
}
