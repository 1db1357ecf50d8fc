import { isDatabaseError, siblingModule } from "@kingly/sqlite";
import type { Database } from "@kingly/sqlite";
import type { Clock } from "@kingly/runtime";
import { refused } from "../check-value.ts";
import type { Change, DiffKind, DiffKinds, DiffOptions } from "../diff.ts";
import type { MemoryVectors } from "../hybrid/memory-vectors.ts";
import { localEmbedder } from "../hybrid/local-embedder.ts";
import type { KeptSignatures } from "../hybrid/signature-scan.ts";
import type { Page } from "../page.ts";
import { StoreError } from "../store-error.ts";
import type { StoreErrorCode } from "../store-error.ts";
import type { HeavyInput } from "./heavy-job.ts";
import type { ReadRooms, ReadSettings } from "./read-rooms.ts";

/** The reads of a room, each resolving to what it would return. */
export type InThread<Room> = {
  readonly [Name in keyof Room]: Room[Name] extends (...parameters: infer Parameters) => infer Value
    ? (...parameters: Parameters) => Promise<Awaited<Value>>
    : never;
};

/** Reads that may take more than a few ms, in reading threads: nothing else of the process waits for them. [S107]
 *
 * Each gives what the read of the same name gives, as of the call: what was committed before it is seen, a `reader` cannot be
 * passed. Rejects with the same StoreError, and with DatabaseError TIMEOUT (30 s), OVERLOADED or CLOSED. */
export interface HeavyReads {
  readonly memory: InThread<ReadRooms["memory"]>;
  readonly tasks: InThread<ReadRooms["tasks"]>;
  readonly entities: InThread<ReadRooms["entities"]>;
  readonly graph: InThread<ReadRooms["graph"]>;
  diff<K extends DiffKind>(workspaceId: string, kind: K, options: DiffOptions): Promise<Page<Change<DiffKinds[K]>>>;
}

/** What heavy reads need. */
export interface HeavyReadsDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly signatures: KeptSignatures;
  readonly vectors: Pick<MemoryVectors, "ask">;
}

const job = siblingModule(import.meta.url, "./heavy-job");

/** Creates the heavy reads over the read pool of the database. */
export function createHeavyReads(deps: HeavyReadsDeps, settings: ReadSettings): HeavyReads {
  const { database, clock, signatures, vectors } = deps;

  const read = async <Value>(
    room: keyof ReadRooms,
    name: string | undefined,
    parameters: readonly unknown[],
    handed: Pick<HeavyInput, "asked" | "handed"> = { handed: {} },
  ): Promise<Value> => {
    for (const options of parameters) {
      if (typeof options === "object" && options !== null && "reader" in options)
        throw refused("reader", "a reader", "none: a thread sees what is committed");
    }
    const input: HeavyInput = { room, name, parameters, settings, nowMs: clock.nowMs(), ...handed };
    try {
      return await database.readPool.run<Value>(job, "heavyJob", input);
    } catch (thrown) {
      throw toStoreError(thrown);
    }
  };

  return {
    memory: {
      search: (...parameters) => read("memory", "search", parameters),
      async hybrid(workspaceId, text, options = {}) {
        if (options.preferSpeed === true) return read("memory", "hybrid", [workspaceId, text, options]);
        const asked = await vectors.ask(text.slice(0, 2000));
        const names = asked === undefined ? [localEmbedder.id] : [localEmbedder.id, asked.embedder];
        const handed: Record<string, HeavyInput["handed"][string]> = {};
        for (const name of names) handed[name] = await signatures.held(workspaceId, name);
        return read("memory", "hybrid", [workspaceId, text, options], { asked, handed });
      },
    },
    tasks: { search: (...parameters) => read("tasks", "search", parameters) },
    entities: { search: (...parameters) => read("entities", "search", parameters) },
    graph: {
      neighbours: (...parameters) => read("graph", "neighbours", parameters),
      path: (...parameters) => read("graph", "path", parameters),
      subgraph: (...parameters) => read("graph", "subgraph", parameters),
      around: (...parameters) => read("graph", "around", parameters),
      read: (...parameters) => read("graph", "read", parameters),
    },
    diff: (...parameters) => read("diff", undefined, parameters),
  };
}

/** A refusal of the store comes out of the thread as the cause of a failed job. */
function toStoreError(thrown: unknown): unknown {
  if (!isDatabaseError(thrown) || thrown.code !== "JOB_FAILED") return thrown;
  const { cause } = thrown;
  if (!(cause instanceof Error) || cause.name !== "StoreError" || !("code" in cause)) return thrown;
  return new StoreError(cause.code as StoreErrorCode, cause.message, { cause: thrown });
}
