import type { Clock } from "@kingly/runtime";
import { momentOf } from "../as-of.ts";
import type { AsOf } from "../as-of.ts";
import { memoryBeliefs } from "../belief-tables.ts";
import { readBelief } from "../beliefs.ts";
import { refused } from "../check-value.ts";
import { toMemory } from "../memory.ts";
import type { Memory, MemoryType } from "../memory.ts";
import type { Reader } from "../reader.ts";
import type { MemoryRow } from "../store-tables.ts";
import type { ArmName, ArmWeights } from "./arms.ts";
import type { EmbeddingState } from "./embedding-backlog.ts";
import { searchHybrid } from "./hybrid-search.ts";
import type { GraphArm } from "./graph-names.ts";
import type { AskedVector, NearVectors } from "./near-vectors.ts";

/** Which memories a hybrid search returns, and how. */
export interface HybridOptions {
  /** 1 to 200. @default 10 */
  readonly limit?: number;
  /** What was believed at `systemMs` about `validMs`; what is left out is now. @default now */
  readonly asOf?: AsOf;
  readonly memoryTypes?: readonly MemoryType[];
  readonly category?: string;
  /** Only what was told in this thread. */
  readonly threadId?: string;
  /** Give the reasons of each hit. @default false */
  readonly explain?: boolean;
  /** Words and what they say alone: no neighbours, letters, vectors or graph. @default false */
  readonly preferSpeed?: boolean;
  /** 1 keeps the order of the scores, less prefers what is unlike the hits above it, to 0. @default 0.8 */
  readonly lambda?: number;
  /** What the first place of an arm counts, where it should not be as it is; 0 leaves the arm out. */
  readonly weights?: Partial<ArmWeights>;
}

/** Why one arm found a memory. */
export interface HybridReason {
  readonly arm: ArmName;
  /** 1 for the best; what the arm finds equal shares a rank. */
  readonly rank: number;
  /** What it adds to the score, before confidence and age. */
  readonly points: number;
  /** In words for a person. */
  readonly about: string;
}

/** One memory that was found. */
export interface HybridHit {
  readonly memory: Memory;
  readonly score: number;
  /** What speaks for it first, what speaks against it last; empty unless `explain` is set. */
  readonly reasons: readonly HybridReason[];
}

/** Search by everything that is known without a model, and by an embedder when there is one. */
export interface HybridSearch {
  /** Returns the memories that fit the text best, best first. Never rejects for a text. [S70]
   *
   * Gives way to other work of the process after each few ms. Throws StoreError INVALID_VALUE for options out of range. */
  hybrid(workspaceId: string, text: string, options?: HybridOptions): Promise<readonly HybridHit[]>;
  /** Embeds all memories that have no vector of the embedder yet; resolves when nothing waits or a try failed. [S80]
   *
   * Call it once after start: later changes are embedded after their commit. Never rejects. */
  embedAll(): Promise<EmbeddingState>;
}

/** What the search needs; `reader` is a reading thread's in a thread. */
export interface HybridSearchDeps {
  readonly database: Reader;
  readonly clock: Clock;
  readonly graph?: GraphArm | undefined;
  readonly near: NearVectors;
  readonly ask: (text: string) => Promise<AskedVector | undefined>;
  readonly giveWay: () => Promise<void>;
  readonly maxHits: number;
  readonly maxRead: number;
}

/** Creates the search. */
export function createHybridSearch(deps: HybridSearchDeps): Pick<HybridSearch, "hybrid"> {
  const { database, clock, graph, near, ask, giveWay, maxHits, maxRead } = deps;
  return {
    async hybrid(workspaceId, text, options = {}) {
      const { limit = 10, asOf, explain = false, preferSpeed = false, lambda = 0.8 } = options;
      if (!(lambda >= 0 && lambda <= 1)) throw refused("lambda", lambda, "a number from 0 to 1");
      if (!Number.isInteger(limit) || limit < 1 || limit > 200)
        throw refused("limit", limit, "a whole number from 1 to 200");
      const nowMs = clock.nowMs();
      const moment = momentOf(deps, database, workspaceId, asOf);
      const { memoryTypes, category, threadId } = options;
      const found = await searchHybrid(
        { reader: database, limits: { maxHits, maxRead }, giveWay, near, ask, graph },
        {
          text,
          filter: {
            workspaceId,
            moment,
            ...(memoryTypes === undefined ? {} : { memoryTypes }),
            ...(category === undefined ? {} : { category }),
            ...(threadId === undefined ? {} : { threadId }),
          },
          asOf,
          nowMs,
          limit,
          lambda,
          preferSpeed,
          weights: options.weights ?? {},
        },
      );
      return found.flatMap(({ row, score, contributions }) => {
        const thing = { workspace_id: workspaceId, key: row.key };
        const belief = readBelief<MemoryRow>(database, memoryBeliefs, thing, moment);
        // Forgotten or told anew while the search gave way: what is returned is what was looked at.
        if (belief === undefined || belief.version !== row.version) return [];
        const reasons = explain
          ? contributions
              .map(({ arm, rank, points, about }) => ({ arm, rank, points, about: about() }))
              .toSorted((left, right) => right.points - left.points)
          : [];
        return [{ memory: toMemory(belief), score, reasons }];
      });
    },
  };
}
