import fc from "fast-check";
import { expect, test } from "vitest";
import * as core from "../src/core.ts";
import * as full from "../src/index.ts";
import type { Diagnostic, Fault, Parsed, ScanEvent } from "../src/index.ts";
import { anyCommand, anyEvent, nearLine } from "./arbitraries.ts";
import { anySizes, anyStream } from "./streams.ts";

const wordless = ({ code, at, field }: Diagnostic): Fault => ({ code, at, ...(field && { field }) });

function expectSame<T>(mine: Parsed<T, Fault>, theirs: Parsed<T>): void {
  expect(mine).toEqual(theirs.ok ? theirs : { ok: false, error: wordless(theirs.error) });
}

test("[C24] without words a line is read the same, and refused with the same code, place and field", () => {
  let refused = 0;
  fc.assert(
    fc.property(nearLine, (line) => {
      expectSame(core.parseCommand(line), full.parseCommand(line));
      expectSame(core.parseEvent(line), full.parseEvent(line));
      if (!core.parseCommand(line).ok) refused += 1;
    }),
    { numRuns: 5000 },
  );
  expect(refused).toBeGreaterThan(1000);
});

test("[C9] and written the same", () => {
  fc.assert(fc.property(anyCommand, (command) => core.formatCommand(command) === full.formatCommand(command)));
  fc.assert(fc.property(anyEvent, (event) => core.formatEvent(event) === full.formatEvent(event)));
});

test("[C29] and found the same in a stream", () => {
  const wordlessEvent = (event: ScanEvent): ScanEvent<Fault> =>
    event.kind === "broken" ? { ...event, diagnostic: wordless(event.diagnostic) } : event;
  fc.assert(
    fc.property(anyStream, anySizes, (text, [size = 1]) => {
      const [mine, theirs] = [core.createScanner(), full.createScanner()];
      for (let at = 0; at < text.length; at += size) {
        const chunk = text.slice(at, at + size);
        expect(mine.push(chunk)).toEqual(theirs.push(chunk).map(wordlessEvent));
      }
      expect(mine.end()).toEqual(theirs.end().map(wordlessEvent));
    }),
    { numRuns: 2000 },
  );
});
