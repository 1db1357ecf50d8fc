import { space } from "./characters.ts";

/** Gathers the text of a raw field while it streams, for showing. [C33]
 *
 * Raw spaces at the edges of a field are not part of it, so those at the end wait for what follows. */
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
  let spaces = 0;
  let isEmpty = true;

  function add(text: string): void {
    if (spaces > 0) {
      // Repeating costs more than all the rest, and nearly always there is one.
      if (!isEmpty) ready += spaces === 1 ? " " : " ".repeat(spaces);
      spaces = 0;
    }
    ready = ready === "" ? text : ready + text;
    isEmpty = false;
  }

  return {
    start() {
      ready = "";
      spaces = 0;
      isEmpty = true;
    },
    raw(signs) {
      let start = 0;
      let end = signs.length;
      while (end > 0 && signs.charCodeAt(end - 1) === space) end -= 1;
      if (end > 0) {
        if (isEmpty) while (signs.charCodeAt(start) === space) start += 1;
        add(start === 0 && end === signs.length ? signs : signs.slice(start, end));
      }
      spaces += signs.length - end;
    },
    meaning: add,
    take() {
      const text = ready;
      ready = "";
      return text;
    },
  };
}
