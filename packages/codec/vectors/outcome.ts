// What the implementation makes of a vector, in the words of a vector.
import {
  createScanner,
  formatCommand,
  formatEvent,
  isCodecError,
  lenient,
  parseCommand,
  parseEvent,
  readLenient,
} from "../src/index.ts";
import type { Command, Diagnostic, Event, ScanEvent, ScannerOptions } from "../src/index.ts";
import type { Expectation, Fields, Refused, Suite, Vector } from "./vector.ts";

/** Runs one vector; what it gives is to equal `expectationOf` the same. */
export function outcomeOf(suite: Suite, vector: Vector): Expectation {
  const { direction, input = "", pad = 0, fields = {} } = vector;
  if (suite === "format") return writeLine(direction, fields);
  if (suite === "stream") return scanStream(vector);
  return suite === "repair" ? readMended(input) : readLine(direction, input + "a".repeat(pad));
}

function readLine(direction: Vector["direction"], line: string): Expectation {
  const parsed = direction === "command" ? parseCommand(line) : parseEvent(line);
  if (!parsed.ok) return { error: toRefused(parsed.error) };
  return { fields: toFields(parsed.value), canonical: write(direction, parsed.value) };
}

function writeLine(direction: Vector["direction"], fields: Fields): Expectation {
  try {
    return { canonical: write(direction, fromFields(fields)) };
  } catch (error) {
    if (!isCodecError(error)) throw error;
    return { error: { code: error.code } };
  }
}

function write(direction: Vector["direction"], message: object): string {
  return direction === "command" ? formatCommand(message as Command) : formatEvent(message as Event);
}

function readMended(line: string): Expectation {
  const read = readLenient(line, "command");
  if (!read.ok) return { error: { code: read.error.code, at: read.error.at } };
  return { fields: toFields(read.value), canonical: formatCommand(read.value), repairs: read.repairs };
}

function toRefused({ code, at, field }: Diagnostic): Refused {
  return { code, at, ...(field !== undefined && { field: { index: field.index, name: field.name } }) };
}

// JSON has no `undefined`, which a field beyond the template can be: each is a list of one value, or of none.
function toFields(message: object): Fields {
  const { extra, ...fields } = message as Fields;
  if (!Array.isArray(extra)) return fields;
  return { ...fields, extra: extra.map((value: unknown) => (value === undefined ? [] : [value])) };
}

function fromFields(fields: Fields): object {
  const { extra } = fields;
  return Array.isArray(extra) ? { ...fields, extra: extra.map((value: readonly unknown[]) => value[0]) } : fields;
}

function scanStream({ mode, options, input = "", chunks = [input] }: Vector): Expectation {
  return {
    events: scan(chunks, { ...options, lenient: mode === "lenient" ? lenient : undefined } as ScannerOptions).map(
      toRecord,
    ),
  };
}

/** Scans the chunks, and joins what chunks cut: neighbouring prose, and neighbouring deltas of one field. */
function scan(chunks: readonly string[], options: ScannerOptions): ScanEvent[] {
  const scanner = createScanner(options);
  const joined: ScanEvent[] = [];
  for (const event of [...chunks.flatMap((chunk) => scanner.push(chunk)), ...scanner.end()]) {
    const last = joined.at(-1);
    if (event.kind === "prose" && last?.kind === "prose") {
      joined[joined.length - 1] = { ...last, text: last.text + event.text };
    } else if (event.kind === "delta" && last?.kind === "delta" && last.index === event.index) {
      joined[joined.length - 1] = { ...last, text: last.text + event.text };
    } else joined.push(event);
  }
  return joined;
}

function toRecord(event: ScanEvent): object {
  if (event.kind === "broken") {
    const { code, at } = event.diagnostic;
    return { kind: "broken", error: { code, at }, text: event.text };
  }
  if (event.kind === "command") {
    const { kind, command, line, text, repairs } = event;
    return { kind, fields: toFields(command), line, text, ...(repairs.length > 0 && { repairs }) };
  }
  return event;
}
