import type { Unit } from "@kingly/sqlite";
import { atomically } from "./atomically.ts";
import { memoryBeliefs } from "./belief-tables.ts";
import { assertBelief, lastVersion, readBelief } from "./beliefs.ts";
import type { Cause } from "./cause.ts";
import { checkShare, checkText, refused } from "./check-value.ts";
import type { EventLog } from "./event-log.ts";
import { forever } from "./forever.ts";
import { changeInterval, covers } from "./interval.ts";
import type { Interval } from "./interval.ts";
import type { MemoryVectors } from "./hybrid/memory-vectors.ts";
import { canonicalJson, jsonToText } from "./json.ts";
import type { JsonLimits } from "./json.ts";
import type { MemoryLimits } from "./memory-limits.ts";
import { retractionOf } from "./memory-retraction.ts";
import { toMemory } from "./memory.ts";
import type { Memory, MemoryInput } from "./memory.ts";
import { retractThing } from "./retract-thing.ts";
import type { MemoryRow } from "./store-tables.ts";

const memoryTypes: readonly string[] = ["semantic", "episodic", "procedural", "working"];
const normal = {
  category: "general",
  memory_type: "semantic",
  significance: 0.5,
  confidence: 1,
  metadata: "{}",
} as const;

/** Remembers one value; `supersedes` names the key whose place it takes. */
export type Remember = (unit: Unit, input: MemoryInput, cause: Cause, supersedes?: string) => Memory;

/** Creates the writing of a memory: one belief, its event, and the limit of working memory. [S20] [S31] [S41] */
export function createRemember(deps: {
  readonly events: EventLog;
  readonly limits: JsonLimits;
  readonly memoryLimits: MemoryLimits;
  readonly vectors: Pick<MemoryVectors, "note">;
}): Remember {
  const { events, memoryLimits } = deps;

  const toColumns = (input: MemoryInput): Partial<MemoryRow> => {
    if (input.memoryType !== undefined && !memoryTypes.includes(input.memoryType)) {
      throw refused("memoryType", input.memoryType, `one of ${memoryTypes.join(", ")}`);
    }
    return {
      value: canonicalJson(input.value, "value", deps.limits),
      ...(input.category === undefined ? {} : { category: checkText(input.category, "category", 1, 64) }),
      ...(input.memoryType === undefined ? {} : { memory_type: input.memoryType }),
      ...(input.significance === undefined ? {} : { significance: checkShare(input.significance, "significance") }),
      ...(input.confidence === undefined ? {} : { confidence: checkShare(input.confidence, "confidence") }),
      ...(input.metadata === undefined ? {} : { metadata: canonicalJson(input.metadata, "metadata", deps.limits) }),
    };
  };
  const toProvenance = (input: MemoryInput): Pick<MemoryRow, "speaker" | "utterance_id" | "thread_id"> => {
    const { speaker, utteranceId, threadId } = input;
    return {
      speaker: speaker === undefined ? null : checkText(speaker, "speaker", 1, 256),
      utterance_id: utteranceId === undefined ? null : checkText(utteranceId, "utteranceId", 1, 128),
      thread_id: threadId === undefined ? null : checkText(threadId, "threadId", 1, 128),
    };
  };
  /** Working memory that is more than the limit leaves, the oldest first. */
  const trimWorking = (unit: Unit, workspaceId: string, atMs: number, cause: Cause): void => {
    const over = unit.all<{ key: string }>(
      `SELECT key FROM memory WHERE workspace_id = ? AND memory_type = 'working' AND valid_to > ?
       ORDER BY event_seq DESC LIMIT -1 OFFSET ?`,
      workspaceId,
      atMs,
      memoryLimits.maxWorkingMemories,
    );
    for (const { key } of over) retractThing(unit, events, retractionOf(workspaceId, key), {}, cause);
  };

  return (unit, input, cause, supersedes) => {
    const { workspaceId } = input;
    const key = checkText(input.key, "key", 1, 256);
    const columns = toColumns(input);
    const provenance = toProvenance(input);
    const thing = { workspace_id: workspaceId, key };
    const { atMs, rowId } = events.nextChange(unit, workspaceId);
    // What was said of the key then, else what was said of it last.
    const present = unit.get<MemoryRow>(memoryBeliefs.sql.current, workspaceId, key);
    const from = input.validFromMs ?? atMs;
    // The row is the latest belief: only before it can another one hold.
    const isEarlier = present !== undefined && from < present.valid_from;
    const then = isEarlier
      ? readBelief<MemoryRow>(unit, memoryBeliefs, thing, { validMs: from, systemMs: forever - 1 })
      : present !== undefined && from < present.valid_to
        ? present
        : undefined;
    const kept = then ?? present ?? normal;
    const type = columns.memory_type ?? kept.memory_type;
    const validity =
      type === "working" && input.validToMs === undefined
        ? { ...input, validToMs: from + memoryLimits.workingMemoryMs }
        : input;
    const interval = changeInterval(validity, atMs);
    const asked = { ...columns, ...(supersedes === undefined ? {} : { supersedes }) };
    if (then !== undefined && covers(validOf(then), interval) && isSame(then, asked)) return toMemory(then);

    return atomically(unit, () => {
      const significance = columns.significance ?? kept.significance;
      const isSemantic = significance > memoryLimits.semanticAbove;
      const isBounded = input.validFromMs !== undefined || interval.toMs !== forever;
      const payload = {
        key,
        value: input.value,
        type,
        at: atMs,
        ...(isSemantic ? { semantic: true } : {}),
        ...(supersedes === undefined ? {} : { supersedes }),
        ...(isBounded ? { valid_from: interval.fromMs, valid_to: interval.toMs } : {}),
      };
      const event = { eventType: "memory_stored", entityType: "memory", entityId: key, payload };
      const { seq } = events.append(unit, workspaceId, event, cause);
      const former = formerOf(unit, thing, present);
      const told = {
        id: present?.id ?? rowId,
        category: kept.category,
        memory_type: kept.memory_type,
        significance,
        confidence: kept.confidence,
        metadata: kept.metadata,
        ...columns,
        ...provenance,
        value_text: jsonToText(input.value),
        event_seq: seq,
        supersedes: supersedes ?? then?.supersedes ?? null,
        superseded_by: null,
        semantic: isSemantic ? 1 : 0,
        version: former.version + 1,
        created_at: former.createdAtMs ?? atMs,
        updated_at: atMs,
      };
      assertBelief(unit, memoryBeliefs, thing, told, interval, atMs);
      deps.vectors.note(unit, { workspaceId, key, version: told.version }, told.value_text);
      if (type === "working") trimWorking(unit, workspaceId, atMs, cause);
      const times = { valid_from: interval.fromMs, valid_to: interval.toMs, sys_from: atMs, sys_to: forever };
      return toMemory({ ...thing, ...told, value: columns.value ?? "null", ...times });
    });
  };
}

function validOf(row: MemoryRow): Interval {
  return { fromMs: row.valid_from, toMs: row.valid_to };
}

function isSame(row: MemoryRow, columns: Partial<MemoryRow>): boolean {
  const before: Readonly<Record<string, unknown>> = { ...row };
  return Object.entries(columns).every(([column, value]) => before[column] === value);
}

/** The last version of a key and when it was first told; a key that was forgotten has left both in its history. */
function formerOf(
  unit: Unit,
  thing: { readonly workspace_id: string; readonly key: string },
  present: MemoryRow | undefined,
): { readonly version: number; readonly createdAtMs: number | null } {
  if (present !== undefined) {
    return { version: lastVersion(unit, memoryBeliefs, thing, present), createdAtMs: present.created_at };
  }
  const row = unit.get<{ version: number | null; createdAtMs: number | null }>(
    `SELECT max(version) AS version, min(created_at) AS createdAtMs FROM memory_history WHERE workspace_id = ? AND key = ?`,
    thing.workspace_id,
    thing.key,
  );
  return { version: row?.version ?? 0, createdAtMs: row?.createdAtMs ?? null };
}
