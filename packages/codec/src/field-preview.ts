import { space } from "./characters.ts";

/** Gathers the text of a raw field while it streams, for showing. [C33]
 *
 * Raw spaces at the end of a field are not part of it, so they wait for what follows. */
export interface FieldPreview {
  start(): void;
  /** Adds raw signs, as they stand. */
  raw(signs: string): void;
  /** Adds the meaning of an escape. */
  meaning(text: string): void;
  /** Takes out what can be shown. */
  take(): string;
}

/** Creates a preview. */
export function createFieldPreview(): FieldPreview {
  let ready = "";
  let spaces = "";

  function meaning(text: string): void {
    ready += spaces + text;
    spaces = "";
  }

  return {
    start() {
      ready = spaces = "";
    },
    raw(signs) {
      let end = signs.length;
      while (end > 0 && signs.charCodeAt(end - 1) === space) end -= 1;
      if (end > 0) meaning(signs.slice(0, end));
      if (end < signs.length) spaces += signs.slice(end);
    },
    meaning,
    take() {
      const text = ready;
      ready = "";
      return text;
    },
  };
}
