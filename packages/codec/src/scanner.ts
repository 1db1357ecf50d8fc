import { backslash, countPoints } from "./characters.ts";
import { findCode } from "./codebook.ts";
import type { Codebook } from "./codebook.ts";
import { createCommandBody } from "./command-body.ts";
import type { Command } from "./command.ts";
import type { Diagnostic, Fault } from "./diagnostic.ts";
import type { Leniency } from "./leniency.ts";
import { limits } from "./limits.ts";
import { createOpener } from "./opener.ts";
import type { Opened } from "./opener.ts";
import { parseLine, tellFailure } from "./parse-line.ts";
import { readFieldAlone } from "./read-field-alone.ts";
import type { Reading, ScanEvent } from "./scan-event.ts";
import type { Taint } from "./taint.ts";

/** How a stream is scanned. */
export interface ScannerOptions<Told extends Fault = Diagnostic> {
  /** Give `lenient` to mend what has one meaning only, as `readLenient` does. For a model's own output and nothing
   * else. @default none */
  readonly lenient?: Leniency<Told> | undefined;
  /** Only brackets with this seal are commands: `[Label seal: ...]`. 1 to 8 letters or digits. @default none */
  readonly seal?: string;
  /** The untrusted text of this turn; a command that stands in it is broken, `tainted`. @default none */
  readonly taint?: Pick<Taint, "check">;
  /** The commands that may open; others are prose. @default all */
  readonly ops?: readonly Command["op"][];
  /** Longest command with its bracket, in UTF-16 units, from 64 to 65,536. @default 4,096 */
  readonly maxLength?: number;
}

/** Finds commands in the prose of a model while it streams. */
export interface Scanner<Told extends Fault = Diagnostic> {
  /** Takes the next chunk, of any size, and tells what it settled. */
  push(chunk: string): ScanEvent<Told>[];
  /** Ends the stream: what is open is `unterminated`. The scanner can then take another stream. */
  end(): ScanEvent<Told>[];
}

// What the next unit is part of.
const inProse = 0;
const inBody = 1;
const inMismatch = 2;

/** Creates a scanner by a codebook of commands. */
export function createScannerFor<Told extends Fault>(
  codebook: Codebook<Told>,
  options: ScannerOptions<Told>,
): Scanner<Told> {
  const { lenient, seal, taint, ops, maxLength = limits.commandLength } = options;
  if (!Number.isInteger(maxLength) || maxLength < 64 || maxLength > limits.frameBytes) {
    throw new RangeError(`maxLength must be a whole number from 64 to ${limits.frameBytes}, got ${maxLength}.`);
  }
  if (seal !== undefined && !/^[A-Za-z0-9]{1,8}$/.test(seal)) {
    throw new RangeError(`seal must be 1 to 8 letters or digits, got ${JSON.stringify(seal)}.`);
  }
  const known = ops && new Set<string>(ops);
  const opener = (lenient?.createOpener ?? createOpener)((code) => {
    const signature = findCode(codebook, code);
    return signature && known?.has(signature.op) !== false ? signature : undefined;
  }, seal !== undefined);
  const readField = lenient?.readField ?? readFieldAlone;
  const body = createCommandBody({ maxLength, opener, lenient, readField });
  let mode = inProse;
  let events: ScanEvent<Told>[] = [];
  // What earlier chunks left undecided, and the unit before it.
  let held = "";
  let last = 0;
  let headAt = 0;
  let isSealed = true;
  const emit = (event: ScanEvent<Told>): void => void events.push(event);

  function emitProse(text: string): void {
    if (text !== "") emit({ kind: "prose", text });
  }

  /** Breaks the command off at a fault of its own, told by its place in what was taken. */
  function breakAt(code: Fault["code"], index: number, detail?: string): void {
    emitBroken(tellFailure(codebook, body.text, { code, index, detail }));
  }

  function emitBroken(diagnostic: Told): void {
    const told = isSealed ? diagnostic : tellFailure(codebook, body.text, { code: "unsealed", index: headAt });
    emit({ kind: "broken", diagnostic: told, text: body.text });
    mode = inProse;
  }

  function begin(text: string, opened: Opened): void {
    const { signature, label, cid, bodyAt } = opened;
    headAt = opened.headAt;
    isSealed = opened.seal === seal;
    mode = inBody;
    if (isSealed) emit({ kind: "open", op: signature.op as Command["op"], label, ...(cid !== undefined && { cid }) });
    body.begin(signature, text.slice(0, bodyAt), isSealed ? emit : undefined);
  }

  function read(message: string, isMismatch: boolean): Reading<Told> {
    const reading = lenient?.readMessage(message, isMismatch) ?? readStrict(isMismatch ? `${message}]` : message);
    if (!reading.ok) return { ok: false, error: shifted(reading.error, headAt) };
    const repairs = reading.repairs.map((repair) => shifted(repair, headAt));
    // The wrapper of the grammar ends with one space before the code.
    const head = body.text.slice(0, headAt);
    if (!head.endsWith(": ")) repairs.unshift({ code: "wrapper", at: 0, from: head, to: "" });
    return { ...reading, repairs };
  }

  function readStrict(line: string): Reading<Told> {
    const parsed = parseLine<Command, Told>(codebook, line);
    return parsed.ok ? { ...parsed, line, repairs: [] } : parsed;
  }

  function isTainted(line: string): boolean {
    return taint?.check(line).tainted === true;
  }

  /** Ends a command at its bracket. */
  function finish(isMismatch: boolean): void {
    const { text } = body;
    const message = text.slice(headAt, -1);
    const reading = read(message, isMismatch);
    if (!reading.ok) emitBroken(reading.error);
    else if (!isSealed) breakAt("unsealed", headAt);
    // What was mended may be what others wrote without a slip.
    else if (isTainted(message) || (reading.line !== message && isTainted(reading.line))) breakAt("tainted", headAt);
    else emit({ kind: "command", command: reading.value, line: reading.line, text, repairs: reading.repairs });
    mode = inProse;
  }

  /** Ends a command before its bracket, at the sign `found`; the reader says whether something else came first. */
  function breakOff(found: string): void {
    const reading = read(body.text.slice(headAt) + found, false);
    const isFirst = reading.ok || (found === "[" && reading.error.at >= countPoints(body.text));
    if (isFirst) breakAt("raw_bracket", body.text.length, found);
    else emitBroken(reading.error);
  }

  function settleMismatch(next: string): void {
    if (next === "" || !",}]|:'\"".includes(next)) finish(true);
    else breakAt("bad_payload", body.text.length - 1);
  }

  /** Lets the body take from a text; returns where it stopped. */
  function takeBody(text: string, from: number): number {
    const index = body.take(text, from);
    const { outcome } = body;
    if (outcome === "closed") finish(false);
    // In a stream, what follows shows whether this was the end of the bracket.
    else if (outcome === "mismatch" && lenient !== undefined) mode = inMismatch;
    else if (outcome === "mismatch") finish(true);
    else if (outcome === "full") breakAt("too_long", body.text.length, String(maxLength));
    else if (outcome !== "more") breakOff(text.charAt(index));
    return index;
  }

  function push(chunk: string): ScanEvent<Told>[] {
    events = [];
    if (mode === inBody && held === "" && body.takePlain(chunk)) {
      last = 0;
      return events;
    }
    const text = held + chunk;
    // Prose begins at `from`; what is before `index` was looked at.
    let from = 0;
    let index = 0;
    let nestedAt = -1;
    let isPending = false;
    while (index < text.length && !isPending) {
      if (mode === inProse) {
        const bracket = text.indexOf("[", index);
        if (bracket < 0) break;
        index = bracket + 1;
        const isEscaped = (bracket > 0 ? text.charCodeAt(bracket - 1) : last) === backslash;
        if (isEscaped && bracket !== nestedAt) continue;
        const opened = opener(text.slice(bracket));
        if (opened === undefined) continue;
        emitProse(text.slice(from, bracket));
        from = bracket;
        if (opened === "pending") isPending = true;
        else {
          begin(text.slice(bracket), opened);
          from = index = bracket + opened.bodyAt;
        }
      } else {
        if (mode === inMismatch) settleMismatch(text.charAt(index));
        else index = takeBody(text, index);
        from = index;
        isPending = mode === inBody;
        if (body.outcome === "nested") nestedAt = index;
      }
    }
    if (mode === inProse && !isPending) {
      emitProse(text.slice(from));
      from = text.length;
    }
    held = text.slice(from);
    if (from > 0) last = text.charCodeAt(from - 1);
    return events;
  }

  function end(): ScanEvent<Told>[] {
    events = [];
    if (mode === inProse) {
      // A line feed settles whether `[tc:` was an opener without a label.
      const opened = opener(`${held}\n`);
      if (typeof opened !== "object") emitProse(held);
      else {
        begin(held, opened);
        held = held.slice(body.take(held, opened.bodyAt));
      }
    }
    if (mode === inMismatch) settleMismatch("");
    else if (mode === inBody) {
      body.text += held;
      breakAt("unterminated", body.text.length);
    }
    mode = inProse;
    held = "";
    last = 0;
    return events;
  }

  return { push, end };
}

function shifted<T extends { readonly at: number }>(told: T, by: number): T {
  return { ...told, at: told.at + by };
}
