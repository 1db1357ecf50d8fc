import { parseArgs } from "node:util";

/** What is measured. */
export interface StoreBenchOptions {
  /** Memories held, one part of the bench for each. */
  readonly sizes: readonly number[];
  /** Versions of memories held in the part about the past; 0 leaves it out. */
  readonly versions: number;
  /** Entities held by the server that we are compared with; none leaves it out. */
  readonly rivals: readonly number[];
  /** Entities of the graph that is walked; none leaves it out. */
  readonly entities: readonly number[];
  /** A folder for filled files, so that a later run need not fill them again. */
  readonly keep: string | undefined;
  readonly rounds: number;
}

export const usage = `pnpm bench store [options]

  --sizes 10000,100000,1000000   memories held                       [10000,100000]
  --versions 1000000             versions held, for reads of the past [100000]
  --rivals 1000,10000            entities held by server-memory       [1000,10000]; 0 for none
  --entities 10000,100000        entities of the graph that is walked [10000]; 0 for none
  --keep <folder>                keeps filled files there, and takes them from there  [fills anew]
  --rounds 5                     rounds, ways in turn                 [5]`;

/** Reads the options; a wrong one is a sentence. */
export function readOptions(parameters: readonly string[]): StoreBenchOptions | { readonly wrong: string } {
  try {
    const { values } = parseArgs({
      args: [...parameters],
      options: {
        sizes: { type: "string", default: "10000,100000" },
        versions: { type: "string", default: "100000" },
        rivals: { type: "string", default: "1000,10000" },
        entities: { type: "string", default: "10000" },
        keep: { type: "string" },
        rounds: { type: "string", default: "5" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return { wrong: "" };
    const rounds = count(values.rounds);
    if (rounds === 0) throw new Error("rounds got 0; expected at least 1.");
    const { sizes, versions, rivals, entities, keep } = values;
    return {
      sizes: counts(sizes),
      versions: count(versions),
      rivals: counts(rivals),
      entities: counts(entities),
      keep,
      rounds,
    };
  } catch (thrown) {
    return { wrong: thrown instanceof Error ? thrown.message : "The options cannot be read." };
  }
}

function counts(text: string): readonly number[] {
  return text
    .split(",")
    .map(count)
    .filter((value) => value > 0);
}

function count(text: string): number {
  const value = Number(text.replaceAll("_", ""));
  if (!Number.isInteger(value) || value < 0) throw new Error(`"${text}" is no whole number.`);
  return value;
}
