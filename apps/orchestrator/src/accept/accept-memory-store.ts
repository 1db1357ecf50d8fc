import { isTellable } from "../event-line.ts";
import { priorities } from "../jobs/jobs.ts";
import { acknowledge } from "../steps/acknowledge.ts";
import type { Acceptor } from "./accepting.ts";

const types: ReadonlySet<string> = new Set(["semantic", "episodic", "procedural", "working"]);

/** Queues the storing of a memory, with the utterance it came from. [O7] */
export const acceptMemoryStore: Acceptor<"memory_store"> = (command, accepting) => {
  const { back, unit, workspaceId, cid, turnId } = accepting;
  const memoryType = command.type ?? "semantic";
  if (!types.has(memoryType)) {
    return {
      code: "bad_type",
      message: `There is no memory type ${memoryType}.`,
      recovery: `Use one of ${[...types].join(", ")}.`,
    };
  }
  if (command.key.length > 256) {
    return { code: "bad_key", message: "The key is longer than 256 characters.", recovery: "Use a shorter key." };
  }
  const { key, value } = command;
  // What could not be told by `me` would be known here and nowhere else.
  if (!isTellable({ op: "memory_stored", cid, key, value, type: memoryType, at: back.clock.nowMs() })) {
    return {
      code: "too_large",
      message: "The value is too large to be told again.",
      recovery: "Store it in a file, and remember where it is.",
    };
  }
  acknowledge(accepting, "memory", key);
  back.queue.add(unit, {
    type: "memory_store",
    payload: { key, value, memoryType, utteranceId: turnId ?? "" },
    workspaceId,
    cid,
    priority: priorities.memory_store,
  });
  return undefined;
};
