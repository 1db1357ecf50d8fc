import { estimateTokens } from "@kingly/codec";
import { isDatabaseError } from "@kingly/sqlite";
import { cutToTokens } from "./cut-to-tokens.ts";
import type { Piece } from "./context.ts";
import type { Source } from "./source.ts";
import { wordsOfPiece } from "./words-of-piece.ts";

/** The pieces of one source that had room. */
export interface Section {
  readonly name: string;
  readonly heading: string;
  readonly pieces: readonly Piece[];
  /** How many there were. */
  readonly found: number;
}

/** What was gathered. */
export interface Gathered {
  readonly sections: readonly Section[];
  readonly complete: boolean;
  readonly asked: readonly string[];
  readonly missing: readonly string[];
  /** Everything that was read, also what had no room: what the context was made from. */
  readonly read: readonly Piece[];
}

// Less than this says nothing: a time alone is a dozen.
const leastTokens = 24;

/** Reads one source after the other, as long as `budget` tokens have room for what it may bring; a memory that two sources
 * bring is told once. [O60]
 *
 * A piece that does not fit any more is cut, and is then the last one. A source that cannot be read because too many
 * searches wait is left out and named. */
export async function gather(sources: readonly Source[], budget: number, withIds: boolean): Promise<Gathered> {
  let left = budget;
  let complete = true;
  const sections: Section[] = [];
  const asked: string[] = [];
  const missing: string[] = [];
  const all: Piece[] = [];
  const memories = new Set<string>();
  for (const source of sources) {
    const { name, heading } = source;
    if (left < leastTokens) {
      complete = false;
      break;
    }
    asked.push(name);
    let found: readonly Piece[];
    try {
      found = await source.read();
    } catch (thrown) {
      if (!isBusy(thrown)) throw thrown;
      missing.push(name);
      continue;
    }
    all.push(...found);
    const pieces: Piece[] = [];
    for (const piece of found) {
      if (piece.kind === "memory") {
        if (memories.has(piece.id)) continue;
        memories.add(piece.id);
      }
      const before = pieces.length === 0 ? `${heading}: . ` : "; ";
      const room = left - estimateTokens(before);
      if (room < leastTokens) {
        complete = false;
        break;
      }
      const cost = estimateTokens(wordsOfPiece(piece, withIds));
      if (cost > room) {
        complete = false;
        const frame = estimateTokens(wordsOfPiece({ ...piece, text: "" }, withIds));
        pieces.push({ ...piece, text: cutToTokens(piece.text, room - frame) });
        left = 0;
        break;
      }
      pieces.push(piece);
      left = room - cost;
    }
    if (pieces.length > 0) sections.push({ name, heading, pieces, found: found.length });
  }
  return { sections, complete: complete && missing.length === 0, asked, missing, read: all };
}

function isBusy(thrown: unknown): boolean {
  return isDatabaseError(thrown) && (thrown.code === "OVERLOADED" || thrown.code === "TIMEOUT");
}
