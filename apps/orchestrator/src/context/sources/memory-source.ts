import { forever } from "@kingly/store";
import type { Memory } from "@kingly/store";
import { cutText } from "../../cut-text.ts";
import type { Piece } from "../context.ts";
import type { ContextDeps } from "../context-deps.ts";
import type { Source } from "../source.ts";

// One long memory must not be all that is told.
const maxText = 1200;

/** Reads what is remembered about words, in reading threads; the memory of the very key is first. */
export function memorySource(
  { store }: ContextDeps,
  workspaceId: string,
  words: string,
  limit: number,
  exact?: Memory,
): Source {
  return {
    name: "memory",
    heading: `What I remember about ${cutText(words, 80)}`,
    async read() {
      if (exact !== undefined && limit <= 5) return [memoryPiece(exact)];
      const hits = await store.heavy.memory.hybrid(workspaceId, words.slice(0, 400), { limit });
      const found = hits.map(({ memory }) => memory).filter(({ key }) => key !== exact?.key);
      return [...(exact === undefined ? [] : [exact]), ...found].map((memory) => memoryPiece(memory));
    },
  };
}

/** One memory in words, cut to `maxLength`, with who said it. */
export function memoryPiece(memory: Memory, maxLength: number = maxText): Piece {
  const { speaker } = memory.provenance;
  const value = typeof memory.value === "string" ? memory.value : JSON.stringify(memory.value);
  const until = memory.validToMs === forever ? {} : { untilMs: memory.validToMs };
  const by = speaker === null ? {} : { by: speaker };
  return {
    kind: "memory",
    id: memory.key,
    atMs: memory.updatedAtMs,
    text: `“${cutText(value, maxLength)}”`,
    ...by,
    ...until,
  };
}
