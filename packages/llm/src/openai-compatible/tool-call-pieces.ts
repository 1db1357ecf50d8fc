import type { Json } from "../json.ts";
import type { ToolCall } from "../model.ts";

/** One piece of a call, as it stands in a chunk. */
export interface ToolCallPiece {
  readonly index?: number | null;
  readonly id?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: unknown } | null;
}

/** Joins the pieces of tool calls by their index. [L20] */
export interface ToolCallPieces {
  push(piece: ToolCallPiece): void;
  /** The calls in order; `input` is undefined where it is not JSON. */
  all(): readonly (Omit<ToolCall, "input"> & { readonly input: Json | undefined })[];
}

/** Creates a joiner. `firstOrdinal` numbers calls that came without an id: they are `call_<ordinal>`.
 *
 * A new id under an old index begins another call: some servers give all calls the index 0. */
export function createToolCallPieces(firstOrdinal: number): ToolCallPieces {
  interface Call {
    readonly index: number | undefined;
    id: string;
    name: string;
    text: string;
  }
  const calls: Call[] = [];
  return {
    push({ index, id, function: said }) {
      const at = index ?? undefined;
      let call = at === undefined ? undefined : calls.findLast((known) => known.index === at);
      // Without an index a piece goes on with the last call, unless it begins one.
      if (at === undefined && !said?.name) call = calls.at(-1);
      if (call === undefined || (id && call.id !== "" && call.id !== id)) {
        call = { index: at, id: "", name: "", text: "" };
        calls.push(call);
      }
      if (id) call.id = id;
      // Some servers repeat the name in every piece; none sends it in parts.
      if (said?.name) call.name = said.name;
      const text = said?.arguments;
      // And some give the whole input as an object.
      if (typeof text === "string") call.text += text;
      else if (text !== undefined && text !== null) call.text = JSON.stringify(text);
    },
    all: () =>
      calls.map(({ id, name, text }, at) => ({ id: id || `call_${firstOrdinal + at}`, name, input: parse(text) })),
  };
}

function parse(text: string): Json | undefined {
  try {
    return text.trim() === "" ? {} : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}
