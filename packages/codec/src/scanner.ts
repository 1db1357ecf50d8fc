import { backslash } from "./characters.ts";
import { createCodebook } from "./codebook.ts";
import { commandTemplates } from "./codes.ts";
import { createCommandBody } from "./command-body.ts";
import type { Command } from "./command.ts";
import type { Diagnostic, DiagnosticCode } from "./diagnostic.ts";
import { limits } from "./limits.ts";
import { createOpener, keyedByCode } from "./opener.ts";
import { readFieldAlone } from "./read-field-alone.ts";
import { mendMessage, readStrict } from "./read-lenient.ts";
import type { Mended } from "./read-lenient.ts";
import { countPoints } from "./repair.ts";
import type { Repair } from "./repair.ts";
import type { ScanEvent } from "./scan-event.ts";
import { isSeal } from "./seal.ts";
import type { Taint } from "./taint.ts";

/** How a stream is scanned. */
export interface ScannerOptions {
  /** Mends what has one meaning only, as `readLenient` does. For a model's own output and nothing else. @default false */
  readonly lenient?: boolean;
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
export interface Scanner {
  /** Takes the next chunk, of any size, and tells what it settled. */
  push(chunk: string): ScanEvent[];
  /** Ends the stream: what is open is `unterminated`. The scanner can then take another stream. */
  end(): ScanEvent[];
}

const signatures = createCodebook("command", commandTemplates).byCode;
// What the next unit is part of.
const inProse = 0;
const inOpener = 1;
const inBody = 2;
const inMismatch = 3;

/** Creates a scanner for the stream of one model. [C29]
 *
 * Chunks may be cut anywhere; events are the same, but for how prose and deltas are cut. Linear in the length of the
 * stream; holds back at most 47 characters of prose and keeps at most one command of `maxLength`.
 * Throws RangeError for an option out of its range. */
export function createScanner(options: ScannerOptions = {}): Scanner {
  const { lenient, seal, taint, ops, maxLength } = resolveOptions(options);
  const codes = keyedByCode(Array.from(signatures.values()).filter(({ op }) => ops === undefined || ops.has(op)));
  const opener = createOpener(codes, seal, lenient);
  const nested = lenient ? createOpener(codes, seal, lenient) : undefined;
  const body = createCommandBody({ maxLength, nested, readField: (raw, kind) => readFieldAlone(raw, kind, lenient) });
  let mode = inProse;
  let events: ScanEvent[] = [];
  // What earlier chunks left: an opener that is not decided.
  let held = "";
  let last = 0;
  let headAt = 0;
  let isSealed = true;
  const emit = (event: ScanEvent): void => void events.push(event);

  function emitProse(text: string): void {
    if (text !== "") emit({ kind: "prose", text });
  }

  function emitBroken(error: Diagnostic): void {
    emit({ kind: "broken", diagnostic: isSealed ? error : refuseUnsealed(headAt), text: body.text });
    mode = inProse;
  }

  /** Begins the command whose opener is `head`, or the start of it. */
  function begin(head: string, from: typeof opener): void {
    const { signature, labelEnd, bodyAt, ...opened } = from.opened();
    headAt = opened.headAt;
    isSealed = seal === undefined || opened.isSealed;
    mode = inBody;
    if (isSealed) {
      const cid = head.slice(headAt + 3, bodyAt - 1);
      emit({
        kind: "open",
        op: signature.op as Command["op"],
        label: head.slice(1, labelEnd),
        ...(cid !== "" && { cid }),
      });
    }
    body.begin(signature, head.slice(0, bodyAt), isSealed ? emit : undefined);
    // After `[tc:` it may take a few letters to see that they are no code but a title.
    body.take(head, bodyAt);
  }

  function read(message: string, isMismatch: boolean): Mended {
    const read = lenient ? mendMessage(message, isMismatch) : readStrict(isMismatch ? `${message}]` : message);
    if (!read.ok) return { ok: false, error: shifted(read.error, headAt) };
    const repairs = read.repairs.map((repair) => shifted(repair, headAt));
    if (!isWrapped(body.text, headAt)) repairs.unshift(unwrapped(body.text, headAt));
    return { ...read, repairs };
  }

  /** Ends a command at its bracket. */
  function finish(isMismatch: boolean): void {
    const message = body.text.slice(headAt, -1);
    const reading = read(message, isMismatch);
    if (!isSealed || !reading.ok) {
      emitBroken(reading.ok ? refuseUnsealed(headAt) : reading.error);
      return;
    }
    const { value, line, repairs } = reading;
    // What was mended may be what others wrote without a slip.
    const written = repairs.length === 0 ? [message] : [message, line];
    if (written.some((text) => taint?.check(text).tainted === true)) emitBroken(refuseTainted(headAt));
    else emit({ kind: "command", command: value, line, text: body.text, repairs });
    mode = inProse;
  }

  /** Ends a command before its bracket, at the sign `found`; the reader says whether something else came first. */
  function breakOff(found: string): void {
    const reading = read(body.text.slice(headAt) + found, false);
    const at = countPoints(body.text);
    const isFirst = reading.ok || (found === "[" && reading.error.at >= at);
    emitBroken(isFirst ? refuse("raw_bracket", at, found, "Write a bracket inside text as \\[.") : reading.error);
  }

  /** Lets the body take from `chunk`; returns where it stopped. */
  function takeBody(chunk: string, from: number): number {
    const index = body.take(chunk, from);
    switch (body.outcome) {
      case "closed":
        finish(false);
        break;
      case "mismatch":
        // In a stream, what follows shows whether this was the end of the bracket.
        if (lenient) mode = inMismatch;
        else finish(true);
        break;
      case "broken":
        breakOff(chunk.charAt(index));
        break;
      case "nested":
        breakOff("[");
        if (nested !== undefined) begin(body.nestedHead, nested);
        break;
      case "full":
        emitBroken(refuse("too_long", countPoints(body.text), "more characters", tooLong(maxLength)));
        break;
      case "more":
        break;
    }
    return index;
  }

  function push(chunk: string): ScanEvent[] {
    events = [];
    let index = 0;
    // Prose begins at `from`, behind what is held; an opener begins at `openAt`, or in what is held when below 0.
    let from = 0;
    let openAt = -1;
    while (index < chunk.length) {
      if (mode === inProse) {
        const bracket = chunk.indexOf("[", index);
        if (bracket < 0) {
          index = chunk.length;
          break;
        }
        index = bracket + 1;
        if ((bracket > 0 ? chunk.charCodeAt(bracket - 1) : last) === backslash) continue;
        openAt = bracket;
        mode = inOpener;
        opener.start();
      } else if (mode === inOpener) {
        const verdict = opener.take(chunk.charCodeAt(index));
        if (verdict === "closed") mode = inProse;
        else if (verdict === "pending") index += 1;
        else {
          if (verdict === "open") index += 1;
          emitProse(openAt < 0 ? "" : held + chunk.slice(from, openAt));
          begin(openAt < 0 ? held + chunk.slice(from, index) : chunk.slice(openAt, index), opener);
          held = "";
          from = index;
        }
      } else {
        if (mode === inMismatch) settleMismatch(chunk.charAt(index));
        else index = takeBody(chunk, index);
        from = index;
        openAt = -1;
      }
    }
    if (mode === inProse) {
      emitProse(held + chunk.slice(from));
      held = "";
    } else if (mode === inOpener) {
      if (openAt >= 0) {
        emitProse(held + chunk.slice(from, openAt));
        held = "";
        from = openAt;
      }
      held += chunk.slice(from);
    }
    if (chunk !== "") last = chunk.charCodeAt(chunk.length - 1);
    return events;
  }

  function settleMismatch(next: string): void {
    if (next === "" || !",}]|:'\"".includes(next)) finish(true);
    else
      emitBroken(
        refuse("bad_payload", countPoints(body.text) - 1, "]", "Close what was opened before the bracket ends."),
      );
  }

  function end(): ScanEvent[] {
    events = [];
    if (mode === inOpener) {
      if (opener.end() === "bare") begin(held, opener);
      else emitProse(held);
    }
    if (mode === inMismatch) settleMismatch("");
    else if (mode === inBody) {
      emitBroken(refuse("unterminated", countPoints(body.text), "end of line", "Close the command with ]."));
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

// The wrapper of the grammar ends with one space before the code.
function isWrapped(text: string, headAt: number): boolean {
  return text.slice(0, headAt).endsWith(": ") && text.charAt(headAt - 3) !== " ";
}

function unwrapped(text: string, headAt: number): Repair {
  return { code: "wrapper", at: 0, from: text.slice(0, headAt), to: "" };
}

function refuse(code: DiagnosticCode, at: number, found: string, hint: string): Diagnostic {
  return { code, at, found, hint };
}

function tooLong(maxLength: number): string {
  return `Keep a command within ${maxLength} characters; store what is larger and send its key.`;
}

function refuseUnsealed(at: number): Diagnostic {
  return refuse(
    "unsealed",
    at,
    "no seal",
    "Write the seal of this turn behind the label, as in [Label seal: tc:Title].",
  );
}

function refuseTainted(at: number): Diagnostic {
  return refuse("tainted", at, "untrusted text", "The command stands in what others wrote. Ask the person first.");
}

interface Settings {
  readonly lenient: boolean;
  readonly seal: string | undefined;
  readonly taint: ScannerOptions["taint"];
  readonly ops: ReadonlySet<string> | undefined;
  readonly maxLength: number;
}

function resolveOptions(options: ScannerOptions): Settings {
  const { lenient = false, seal, taint, ops, maxLength = limits.commandLength } = options;
  if (!Number.isInteger(maxLength) || maxLength < 64 || maxLength > limits.frameBytes) {
    throw new RangeError(`maxLength must be a whole number from 64 to ${limits.frameBytes}, got ${maxLength}.`);
  }
  if (seal !== undefined && !isSeal(seal)) {
    throw new RangeError(`seal must be 1 to 8 letters or digits, got ${JSON.stringify(seal)}.`);
  }
  return { lenient, seal, taint, ops: ops && new Set(ops), maxLength };
}
