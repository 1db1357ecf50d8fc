import { StringDecoder } from "node:string_decoder";
import { plainText } from "../plain-text.ts";

const maxLength = 4_096;
// Sequences that are taken out must not push out what would be shown: keep some more of the raw text.
const maxRawLength = 4 * maxLength;

/** The end of what a process says on stderr, safe to show. */
export interface StderrTail {
  append(chunk: Uint8Array): void;
  /** The last 4,096 signs, without terminal sequences and control signs. [M18] */
  read(): string;
}

/** Creates an empty tail. It never holds more than 16,384 signs of raw text and one chunk. */
export function createStderrTail(): StderrTail {
  // A sign may be cut between two chunks.
  const decoder = new StringDecoder("utf8");
  let raw = "";
  return {
    append(chunk) {
      raw = (raw + decoder.write(chunk)).slice(-maxRawLength);
    },
    read: () => plainText(raw).slice(-maxLength),
  };
}
