import { setImmediate as giveWay } from "node:timers/promises";
import { createSilentLog } from "@kingly/runtime";
import type { Clock, Log, Random } from "@kingly/runtime";
import { siblingModule } from "@kingly/sqlite";
import type { Database } from "@kingly/sqlite";
import { createCommands } from "./commands.ts";
import type { Commands } from "./commands.ts";
import { createCommitListeners } from "./commit-listeners.ts";
import { createConversation } from "./conversation.ts";
import type { Conversation } from "./conversation.ts";
import { createCounts } from "./counts.ts";
import type { CountOptions, Counts } from "./counts.ts";
import { createEventLog } from "./event-log.ts";
import type { EventLog } from "./event-log.ts";
import { createEventRetention } from "./event-retention.ts";
import type { EventRetention } from "./event-retention.ts";
import { createEntities } from "./graph/entities.ts";
import type { Entities } from "./graph/entities.ts";
import type { Graph } from "./graph/graph.ts";
import { relationTypes } from "./graph/relation-types.ts";
import type { RelationTypeRule } from "./graph/relation-types.ts";
import { createRelations } from "./graph/relations.ts";
import type { Relations } from "./graph/relations.ts";
import type { Embedder } from "./hybrid/embedder.ts";
import { createHeavyReads } from "./heavy/heavy-reads.ts";
import type { HeavyReads } from "./heavy/heavy-reads.ts";
import { createReadRooms } from "./heavy/read-rooms.ts";
import type { HybridSearch } from "./hybrid/hybrid.ts";
import { createMemoryVectors } from "./hybrid/memory-vectors.ts";
import { createNearVectors } from "./hybrid/near-vectors.ts";
import { createSignatureScan } from "./hybrid/signature-scan.ts";
import { createMemories } from "./memories.ts";
import type { Memories } from "./memories.ts";
import { createLogSnapshot } from "./log-snapshot.ts";
import type { LogSnapshot } from "./log-snapshot.ts";
import { createOutsideWatch } from "./outside-watch.ts";
import type { OutsideWatch } from "./outside-watch.ts";
import { createProjects } from "./projects.ts";
import type { Projects } from "./projects.ts";
import { createQueryCache } from "./query-cache.ts";
import { createRuns } from "./runs.ts";
import type { Reader } from "./reader.ts";
import type { Runs } from "./runs.ts";
import type { Diff } from "./diff.ts";
import { createTaskRelationships } from "./task-relationships.ts";
import type { TaskRelationships } from "./task-relationships.ts";
import { createTasks } from "./tasks.ts";
import type { Tasks } from "./tasks.ts";
import { createWorkspaces } from "./workspaces.ts";
import type { Workspaces } from "./workspaces.ts";

/** Everything that is remembered. Writes take the unit of `database.write` first and stand with its commit.
 *
 * Point reads look at what is committed, or at the unit when it is passed. Writes throw StoreError for values that no
 * row may hold; a refusal that belongs to normal life is returned. */
export interface Store {
  readonly workspaces: Workspaces;
  readonly projects: Projects;
  readonly tasks: Tasks;
  readonly relationships: TaskRelationships;
  readonly runs: Runs;
  readonly memory: Memories & HybridSearch;
  readonly events: Omit<EventLog, "nextChange" | "noteChange"> & EventRetention & { readonly snapshot: LogSnapshot };
  readonly entities: Entities;
  readonly relations: Relations;
  readonly graph: Graph;
  readonly commands: Commands;
  readonly conversation: Conversation;
  /** What other processes commit to the same file. */
  readonly outside: OutsideWatch;
  /** Tells what is different between two moments. [S45] */
  readonly diff: Diff;
  /** Searches, walks and diffs in reading threads. [S107] */
  readonly heavy: HeavyReads;
  /** How many tasks, memories, projects and runs there are, without counting them. [S99] */
  counts(workspaceId: string, options?: CountOptions, reader?: Reader): Counts;
}

/** What the store takes from outside. `database` has been through `migrateStore`. */
export interface StoreDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** @default silent */
  readonly log?: Log;
  /** Vectors by meaning, made after the commit of a change. @default none; the local embedder always works */
  readonly embedder?: Embedder;
}

/** The limits of the store. */
export interface StoreOptions {
  /** Largest JSON value (memory, payload, metadata, state) in bytes, 1,024 to 16,777,216. @default 262144 */
  readonly maxJsonBytes?: number;
  /** Deepest JSON value in levels, 1 to 128. @default 32 */
  readonly maxJsonDepth?: number;
  /** Hits that one search ranks at most, 10 to 100,000. @default 1000 */
  readonly maxSearchCandidates?: number;
  /** Memories that one hybrid search reads closely, 50 to 10,000. @default 400 */
  readonly maxSearchRead?: number;
  /** How long a hybrid search waits for the embedder, in ms, 1 to 60,000. @default 1000 */
  readonly embedTimeoutMs?: number;
  /** Working memories that one workspace holds, 1 to 1,000; when more come, the oldest are retracted. @default 20 */
  readonly maxWorkingMemories?: number;
  /** How long a working memory holds, in ms, 1,000 to 31,536,000,000. @default 1800000 (30 min) */
  readonly workingMemoryMs?: number;
  /** Memories of a greater significance are for the layers that look at meaning too, 0 to 1. @default 0.3 */
  readonly semanticAbove?: number;
  /** What is known of types of relations: which can hold once at a time. @default {} */
  readonly relationTypes?: Readonly<Record<string, RelationTypeRule>>;
  /** Half of the confidence in a fact is left after this many days, 1 to 36,500. @default 30 */
  readonly confidenceHalfLifeDays?: number;
  /** The share below which confidence does not fade, 0 to 1. @default 0.1 */
  readonly confidenceFloor?: number;
  /** How long the answer of a list or search may be given again while nothing was written, in ms, 0 (never) to 60,000.
   * @default 10000 */
  readonly queryCacheMs?: number;
  /** Answers kept at most, 1 to 100,000. @default 500 */
  readonly maxCachedQueries?: number;
}

const ranges = {
  maxJsonBytes: { least: 1024, most: 16_777_216, normal: 262_144 },
  maxJsonDepth: { least: 1, most: 128, normal: 32 },
  maxSearchCandidates: { least: 10, most: 100_000, normal: 1000 },
  maxSearchRead: { least: 50, most: 10_000, normal: 400 },
  embedTimeoutMs: { least: 1, most: 60_000, normal: 1000 },
  maxWorkingMemories: { least: 1, most: 1000, normal: 20 },
  workingMemoryMs: { least: 1000, most: 31_536_000_000, normal: 1_800_000 },
  confidenceHalfLifeDays: { least: 1, most: 36_500, normal: 30 },
  queryCacheMs: { least: 0, most: 60_000, normal: 10_000 },
  maxCachedQueries: { least: 1, most: 100_000, normal: 500 },
} as const;

const maxCachedBytes = 33_554_432;
// 40 MB for the signatures of a workspace; of more memories, the latest are looked at.
const maxSignatures = 1_000_000;
const signatureJob = siblingModule(import.meta.url, "./hybrid/signature-job");

/** Creates the store over one database. Throws RangeError for an option out of its range. */
export function createStore(deps: StoreDeps, options: StoreOptions = {}): Store {
  const { database, clock, random } = deps;
  const limits = { maxBytes: setting(options, "maxJsonBytes"), maxDepth: setting(options, "maxJsonDepth") };
  const log = deps.log ?? createSilentLog();
  const listeners = createCommitListeners(log);
  const events = createEventLog({ database, clock, random, listeners, limits });
  const semanticAbove = options.semanticAbove ?? 0.3;
  if (!(semanticAbove >= 0 && semanticAbove <= 1)) {
    throw new RangeError(`semanticAbove got ${semanticAbove}. Expected a number from 0 to 1.`);
  }
  const memoryLimits = {
    maxWorkingMemories: setting(options, "maxWorkingMemories"),
    workingMemoryMs: setting(options, "workingMemoryMs"),
    semanticAbove,
  };
  const sight = { database, clock };
  const maxCandidates = setting(options, "maxSearchCandidates");
  const floor = options.confidenceFloor ?? 0.1;
  if (!(floor >= 0 && floor <= 1)) throw new RangeError(`confidenceFloor got ${floor}. Expected a number from 0 to 1.`);
  const decay = { halfLifeMs: setting(options, "confidenceHalfLifeDays") * 86_400_000, floor };
  const types = relationTypes(options.relationTypes ?? {});
  const graphDeps = { ...sight, events, maxCandidates, limits, decay, relationTypes: types };
  const entities = createEntities(graphDeps);
  const cache = createQueryCache(
    { database, clock },
    {
      ttlMs: setting(options, "queryCacheMs"),
      maxEntries: setting(options, "maxCachedQueries"),
      maxBytes: maxCachedBytes,
    },
  );
  const letOthers = (): Promise<void> => giveWay();
  const signatures = createSignatureScan({
    reader: database,
    giveWay: letOthers,
    maxRows: maxSignatures,
    readApart: (range) => database.readPool.run(signatureJob, "signatureJob", range),
  });
  const embedTimeoutMs = setting(options, "embedTimeoutMs");
  const { embedder } = deps;
  const vectors = createMemoryVectors({
    ...sight,
    database,
    log,
    embedder,
    embedTimeoutMs,
    scan: signatures,
    giveWay: letOthers,
  });
  const settings = { maxCandidates, maxRead: setting(options, "maxSearchRead"), decay };
  const near = createNearVectors({ reader: database, scan: signatures });
  const rooms = createReadRooms({ ...sight, near, ask: (text) => vectors.ask(text), giveWay: letOthers }, settings);
  const heavy = createHeavyReads({ database, clock, signatures, vectors }, settings);
  const projects = cache.over("projects", createProjects({ ...sight, events, limits }), ["list"]);
  const tasks = cache.over("tasks", { ...createTasks({ ...sight, events, limits }), ...rooms.tasks }, [
    "list",
    "search",
  ]);
  const relationships = createTaskRelationships({ ...sight, events });
  const runs = createRuns({ ...sight, events, limits });
  const memory = cache.over(
    "memory",
    {
      ...createMemories({ ...sight, events, limits, memoryLimits, vectors }),
      ...rooms.memory,
      embedAll: () => vectors.catchUp(),
    },
    ["list", "search", "hybrid"],
  );
  return {
    workspaces: createWorkspaces({ ...sight, random, events }),
    projects,
    tasks,
    relationships,
    runs,
    memory,
    events: {
      ...events,
      ...createEventRetention({ database, clock, events, listeners }),
      snapshot: createLogSnapshot({ events, projects, tasks, relationships, runs, memory }),
    },
    entities,
    relations: createRelations(graphDeps),
    graph: rooms.graph,
    commands: createCommands({ database, clock }),
    conversation: createConversation({ database }),
    counts: createCounts({ database }),
    outside: createOutsideWatch({ database, clock, log, events, listeners }),
    diff: rooms.diff,
    heavy: { ...heavy, memory: cache.over("heavy", heavy.memory, ["search", "hybrid"]) },
  };
}

function setting(options: StoreOptions, name: keyof typeof ranges): number {
  const { least, most, normal } = ranges[name];
  const value = options[name] ?? normal;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`${name} got ${value}. Expected a whole number from ${least} to ${most}.`);
}
