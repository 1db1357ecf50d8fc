import {
  backslash,
  bar,
  classEnd,
  classes,
  closeBrace,
  closeBracket,
  inString as inQuotes,
  inText as inRaw,
  isHighSurrogate,
  isQuote,
  isSurrogate,
  lineFeed,
  openBrace,
  openBracket,
  space,
} from "./characters.ts";
import type { Fault } from "./diagnostic.ts";
import { meanings } from "./escapes.ts";
import { createFieldPreview } from "./field-preview.ts";
import type { Leniency } from "./leniency.ts";
import { limits } from "./limits.ts";
import { openerLength } from "./opener.ts";
import type { Opener } from "./opener.ts";
import { readEscape } from "./read-escape.ts";
import type { ScanEvent } from "./scan-event.ts";
import type { Field, Signature } from "./signature.ts";
import type { Value } from "./value.ts";

/** Why a body stopped taking. `more`: the text ended; what was not taken is to come again, with more behind it.
 * `closed`: at its bracket, taken. `mismatch`: at a `]` where `}` was due, taken. `broken`: at a sign that no body
 * holds, not taken. `nested`: so, at the bracket of another command. `full`: no room. */
export type Outcome = "more" | "closed" | "mismatch" | "broken" | "nested" | "full";

/** Finds where a command that has opened ends, field by field, without reading it. [C31] */
export interface CommandBody {
  /** What was taken, from the bracket on. */
  text: string;
  outcome: Outcome;
  /** Begins behind the opener `head`. With `emit`, fields are told as they come. */
  begin(signature: Signature, head: string, emit: ((event: ScanEvent<never>) => void) | undefined): void;
  /** Takes a whole text of plain signs within one field, as most are; false when it is not so. */
  takePlain(text: string): boolean;
  /** Takes from a text, sets the outcome, and returns the index of the first unit that it did not take. */
  take(text: string, start: number): number;
}

/** What a body needs. Only when `lenient` it looks for other commands inside raw text, with `opener`. */
export interface BodyParts {
  readonly maxLength: number;
  readonly opener: Opener;
  readonly lenient: Leniency<Fault> | undefined;
  readonly readField: (raw: string, kind: Field["kind"] | "extra") => Value | undefined;
}

// What the next unit is part of.
const inStart = 0;
const inText = 1;
const inQuote = 2;
const inPayload = 3;
const inString = 4;
const inAfter = 5;
const inSkip = 6;
// The levels of a payload are bits behind a leading one, 1 for an object; this is one level too many.
const tooDeep = 2 ** (limits.depth + 1);

/** Creates a body, to be begun once per command. */
export function createCommandBody({ maxLength, opener, lenient, readField }: BodyParts): CommandBody {
  const preview = createFieldPreview();
  let signature: Signature | undefined;
  let emit: ((event: ScanEvent<never>) => void) | undefined;
  let state = inStart;
  let isSpaced = false;
  // Nothing in the text of this field needs reading.
  let isPlain = false;
  let quote = 0;
  let levels = 1;
  let rawDepth = 0;
  let index = 0;
  let fieldAt = 0;
  let field: Pick<Field, "name"> & { readonly kind: Field["kind"] | "extra" } = extraField;
  // The text at hand, from where it was not taken yet, and why to stop.
  let text = "";
  let from = 0;
  let outcome: Outcome | undefined;

  function beginField(next: number, at: number): void {
    index = next;
    fieldAt = at;
    field = signature?.fields[next] ?? extraField;
    state = inStart;
    isSpaced = isPlain = false;
    preview.start();
  }

  function emitDelta(): void {
    const shown = preview.take();
    if (shown !== "" && index < limits.fields) emit?.({ kind: "delta", index, name: field.name, text: shown });
  }

  function flush(to: number): void {
    body.text += text.slice(from, to);
    from = to;
  }

  /** Ends a field before its bar or bracket, and steps over that. */
  function endField(at: number): number {
    emitDelta();
    flush(at);
    if (emit !== undefined && index < limits.fields) {
      // Slicing makes the text flat, for good because it holds all of the field already. Beyond the last field nothing
      // is read, so it is done a few times only.
      const raw = body.text.slice(fieldAt);
      const isTight = raw.charCodeAt(raw.length - 1) !== space;
      const value = isPlain && isTight && raw !== "" && field.kind === "text" ? raw : readField(raw, field.kind);
      if (value !== undefined) emit({ kind: "field", index, name: field.name, value });
    }
    beginField(index + 1, body.text.length + 1);
    return at + 1;
  }

  function stop(why: Outcome, at: number): number {
    outcome = why;
    return at;
  }

  function close(at: number): number {
    return stop("closed", endField(at));
  }

  function takeStart(unit: number, at: number): number {
    if (unit === space) {
      isSpaced = true;
      return at + 1;
    }
    // A bracket that was left open in an earlier field has no say here.
    if (unit === closeBracket) return close(at);
    const isOpen = field.kind === "any" || field.kind === "extra";
    state = inText;
    // To a strict reader what follows a space is text, whatever it is.
    if (isSpaced && lenient === undefined) return at;
    if (isQuote(unit)) {
      state = inQuote;
      quote = unit;
      return at + 1;
    }
    if (isOpen && (unit === openBrace || unit === openBracket)) {
      state = inPayload;
      levels = 1;
    }
    // A text that begins with a brace may be a placeholder that nobody filled.
    isPlain = !isSpaced && unit !== openBrace;
    return at;
  }

  function takeText(unit: number, at: number, end: number): number {
    const plain = plainEnd(text, at, end);
    if (plain > at) {
      preview.raw(at === 0 && plain === text.length ? text : text.slice(at, plain));
      return plain;
    }
    if (unit === bar) return endField(at);
    if (unit === closeBracket && rawDepth === 0) return close(at);
    isPlain = false;
    if (unit === backslash) return takeEscape(at, end);
    if (unit === closeBracket) rawDepth -= 1;
    else if (unit === openBracket) {
      if (lenient === undefined) return stop("broken", at);
      const opened = opener(text.slice(at, Math.min(end, at + openerLength)));
      if (opened !== undefined) return stop(opened === "pending" ? "more" : "nested", at);
      rawDepth += 1;
    }
    preview.raw(text.charAt(at));
    return at + 1;
  }

  function takeEscape(at: number, end: number): number {
    if (at + 1 === end) return stop("more", at);
    const unit = text.charCodeAt(at + 1);
    const meaning = unit < 0x80 ? meanings[unit] : "";
    if (meaning) {
      preview.meaning(meaning);
      return at + 2;
    }
    // A line feed behind the backslash breaks the command.
    if (unit === lineFeed) return at + 1;
    const isHex = unit === 0x75;
    let next = at + 2;
    while (isHex && next < at + 6 && /[\da-f]/i.test(text.charAt(next))) next += 1;
    if (next > end || (isHex && next === end && next < at + 6)) return stop("more", at);
    preview.meaning(readEscape({ line: text, index: at, failure: undefined }, at) ?? text.slice(at, next));
    return next;
  }

  function takeQuoted(unit: number, at: number, end: number): number {
    const plain = classEnd(text, at, inQuotes);
    if (plain > at) return Math.min(plain, end);
    if (unit === backslash) {
      if (at + 1 === end) return stop("more", at);
      return text.charCodeAt(at + 1) === lineFeed ? at + 1 : at + 2;
    }
    if (unit === quote || lenient?.isSameSmartQuote(unit, quote) === true) {
      state = state === inQuote ? inAfter : inPayload;
    }
    return at + 1;
  }

  function takePayload(unit: number, at: number): number {
    if (isQuote(unit) || lenient?.isSmartQuote(unit) === true) {
      state = inString;
      quote = unit;
    } else if (unit === openBrace || unit === openBracket) {
      levels = levels * 2 + (unit === openBrace ? 1 : 0);
      if (levels >= tooDeep) state = inSkip;
    } else if (unit === closeBrace || unit === closeBracket) {
      if ((unit === closeBrace) === ((levels & 1) === 1)) {
        levels >>= 1;
        if (levels === 1) state = inAfter;
      } else if (unit === closeBracket) return stop("mismatch", at + 1);
      else state = inSkip;
    }
    return at + 1;
  }

  /** Takes the unit at `at`, or all that belongs to it; returns the index behind. */
  function takeToken(at: number, end: number): number {
    const unit = text.charCodeAt(at);
    if (unit === lineFeed) return stop("broken", at);
    if (state === inText) return takeText(unit, at, end);
    if (state === inStart) return takeStart(unit, at);
    if (state === inPayload) return takePayload(unit, at);
    if (state === inQuote || state === inString) return takeQuoted(unit, at, end);
    if (state === inAfter) {
      if (unit === bar) return endField(at);
      if (unit === closeBracket) return close(at);
      if (unit === openBracket) return stop("broken", at);
    }
    return at + 1;
  }

  const body: CommandBody = {
    text: "",
    outcome: "more",
    begin(newSignature, head, newEmit) {
      signature = newSignature;
      emit = newEmit;
      rawDepth = 0;
      body.text = head;
      beginField(0, head.length);
    },
    takePlain(plain) {
      const isPlain = state === inText && plainEnd(plain, 0, plain.length) === plain.length;
      if (!isPlain || body.text.length + plain.length >= maxLength) return false;
      body.text += plain;
      preview.raw(plain);
      emitDelta();
      return true;
    },
    take(newText, start) {
      text = newText;
      from = start;
      outcome = undefined;
      const limit = start + maxLength - body.text.length;
      const isFull = limit <= text.length;
      // The second half of a pair would be left to the prose.
      const end = !isFull ? text.length : isHighSurrogate(text.charCodeAt(limit - 1)) ? limit - 1 : limit;
      let at = start;
      while (at < end && outcome === undefined) at = takeToken(at, end);
      outcome ??= "more";
      if (outcome === "more" && isFull) {
        outcome = "full";
        at = end;
      }
      flush(at);
      emitDelta();
      body.outcome = outcome;
      return at;
    },
  };
  return body;
}

const extraField = { name: "extra", kind: "extra" } as const;

/** Finds the first sign of raw text that a reader must look at. */
function plainEnd(text: string, start: number, end: number): number {
  let at = start;
  for (; at < end; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80 ? ((classes[unit] as number) & inRaw) === 0 : isSurrogate(unit)) break;
  }
  return at;
}
