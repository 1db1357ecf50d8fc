import type { Store } from "@kingly/store";
import { cutText } from "../cut-text.ts";

const dayMs = 86_400_000;
const maxSummary = 8000;
const maxTurns = 50;

/** Puts a context into words. [O6]
 *
 * `conversation_YYYY-MM-DD`: what was said that day (UTC), with the time of each. `memory_{words}`: what is remembered
 * that shares the words. Anything else: the memory of that key, or memories that share its words. */
export async function summariseContext(store: Store, workspaceId: string, contextId: string): Promise<string> {
  const day = /^conversation_(\d{4}-\d{2}-\d{2})$/.exec(contextId)?.[1];
  const fromMs = day === undefined ? Number.NaN : Date.parse(`${day}T00:00:00Z`);
  if (day !== undefined && !Number.isNaN(fromMs)) {
    // A person's day is not UTC's: half a day more on both sides misses nothing that they would call that day.
    const turns = store.conversation.read(workspaceId, {
      fromMs: fromMs - dayMs / 2,
      toMs: fromMs + dayMs * 1.5,
      limit: maxTurns,
    });
    if (turns.length === 0) return `Nothing was said around ${day}.`;
    const lines = turns.map((turn) => `${timeOf(turn.atMs)} you said “${turn.text}”`);
    return cutText(
      `Around ${day} we discussed ${turns.length} ${turns.length === 1 ? "thing" : "things"}: ${lines.join("; ")}.`,
      maxSummary,
    );
  }
  const exact = store.memory.recall(workspaceId, contextId);
  const words = contextId.replace(/^memory_/, "").replaceAll(/[_-]+/g, " ");
  const memories =
    exact === undefined
      ? (await store.memory.hybrid(workspaceId, words, { limit: 5 })).map(({ memory }) => memory)
      : [exact];
  if (memories.length === 0) return `I remember nothing about ${words}.`;
  const lines = memories.map((memory) => {
    const value = typeof memory.value === "string" ? memory.value : JSON.stringify(memory.value);
    return `“${value}” (${timeOf(memory.updatedAtMs)})`;
  });
  return cutText(`What I remember about ${words}: ${lines.join("; ")}.`, maxSummary);
}

function timeOf(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
