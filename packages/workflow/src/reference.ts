/** One reference: where it begins, and the way into the value found there. [W9][W30] */
export interface Reference {
  /** `item` and `index` belong to `foreach`, `result` to `compensate`. */
  readonly from: "inputs" | "steps" | "item" | "index" | "result";
  /** The input's name, or the step's id; empty for the others. */
  readonly name: string;
  /** What of a step is meant. */
  readonly part: "output" | "status" | "error";
  /** The way into the value: keys of objects, indexes of lists. */
  readonly keys: readonly string[];
  /** As it is written, for messages. */
  readonly text: string;
}

const path =
  /^(?:inputs\.([A-Za-z][A-Za-z0-9_]*)|steps\.([a-z][a-z0-9_]*)\.(output|status|error)|(item|index|result))((?:\.[A-Za-z0-9_-]+)*)$/;

/** Reads a path such as `steps.outline.output.title`; undefined when it is none. `text` is how it is written. */
export function parsePath(written: string, text: string = written): Reference | undefined {
  const found = path.exec(written);
  if (!found) return undefined;
  const [, input, step, part, word, keys = ""] = found;
  // Neither a status nor an index has an inside.
  if ((part === "status" || word === "index") && keys !== "") return undefined;
  const inside = { keys: keys.split(".").slice(1), text };
  if (input !== undefined) return { from: "inputs", name: input, part: "output", ...inside };
  if (word === "item" || word === "index" || word === "result") {
    return { from: word, name: "", part: "output", ...inside };
  }
  return { from: "steps", name: step ?? "", part: part === "status" || part === "error" ? part : "output", ...inside };
}
