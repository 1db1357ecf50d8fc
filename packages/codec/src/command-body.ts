import {
  backslash,
  bar,
  closeBrace,
  closeBracket,
  doubleQuote,
  isHighSurrogate,
  openBrace,
  openBracket,
  singleQuote,
  space,
  textStops,
} from "./characters.ts";
import { createFieldPreview } from "./field-preview.ts";
import { isHexDigit, isTight, plainEnd, stringEnd } from "./find-stops.ts";
import { limits } from "./limits.ts";
import type { Opener } from "./opener.ts";
import { readEscape } from "./read-escape.ts";
import type { ScanEvent } from "./scan-event.ts";
import type { Field, Signature } from "./signature.ts";
import { isSameSmartQuote, isSmartQuote } from "./smart-quote.ts";
import type { Value } from "./value.ts";

/** Why a body stopped taking. `closed`: at its bracket, taken. `mismatch`: at a `]` where `}` was due, taken.
 * `broken`: at a sign that no body holds, not taken. `full`: no room. `nested`: another command opened inside. */
export type Outcome = "more" | "closed" | "mismatch" | "broken" | "full" | "nested";

/** Finds where a command that has opened ends, field by field, without reading it. [C31] */
export interface CommandBody {
  /** What was taken, from the bracket on. */
  text: string;
  /** With the outcome `nested`: the opener of the other command, which `text` holds no more. */
  nestedHead: string;
  outcome: Outcome;
  /** Begins behind the opener `head`. With `emit`, fields are told as they come. */
  begin(signature: Signature, head: string, emit: ((event: ScanEvent) => void) | undefined): void;
  /** Takes from `chunk`, sets the outcome, and returns the index of the first unit that it did not take. */
  take(chunk: string, from: number): number;
}

/** What a body needs. `nested` recognises commands inside raw text; without it a raw `[` there breaks the body. */
export interface BodyParts {
  readonly maxLength: number;
  readonly nested: Opener | undefined;
  readonly readField: (raw: string, kind: Field["kind"] | "extra") => Value | undefined;
}

// What the next unit is part of.
const inStart = 0;
const inText = 1;
const inEscape = 2;
const inHex = 3;
const inQuote = 4;
const inPayload = 5;
const inString = 6;
const inAfter = 7;
const inSkip = 8;
const lineFeed = 0x0a;

/** Creates a body, to be begun once per command. */
export function createCommandBody({ maxLength, nested, readField }: BodyParts): CommandBody {
  const preview = createFieldPreview();
  let signature: Signature | undefined;
  let emit: ((event: ScanEvent) => void) | undefined;
  let state = inStart;
  let isEscaped = false;
  let quote = 0;
  let escape = "";
  let levels = 0;
  let depth = 0;
  let rawDepth = 0;
  let fieldIndex = 0;
  let fieldAt = 0;
  let name = "";
  let kind: Field["kind"] | "extra" = "extra";
  // The chunk at hand; `rawFrom` is the first raw sign that was not previewed yet.
  let chunk = "";
  let from = 0;
  let rawFrom = 0;
  // Nothing in the text of this field needs reading.
  let isPlain = false;
  let isNesting = false;
  let nestedFrom = 0;
  let nestedHeld = "";

  function beginField(index: number, at: number): void {
    const field = signature?.fields[index];
    fieldIndex = index;
    fieldAt = at;
    name = field?.name ?? "extra";
    kind = field?.kind ?? "extra";
    isPlain = false;
    state = inStart;
  }

  function emitDelta(): void {
    const text = preview.take();
    if (text !== "" && fieldIndex < limits.fields) {
      emit?.({ kind: "delta", index: fieldIndex, name, text });
    }
  }

  function previewRaw(to: number): void {
    if (to > rawFrom) preview.raw(chunk.slice(rawFrom, to));
    rawFrom = to;
  }

  function endField(at: number): void {
    if (state === inText) previewRaw(at);
    emitDelta();
    // Slicing makes the text flat, for good because it holds all of the field already. Beyond the last field nothing is
    // read, so it is done a few times only.
    body.text += chunk.slice(from, at);
    from = at;
    if (emit !== undefined && fieldIndex < limits.fields) {
      const raw = body.text.slice(fieldAt);
      const value = kind === "text" && isPlain && isTight(raw) ? raw : readField(raw, kind);
      if (value !== undefined) emit({ kind: "field", index: fieldIndex, name, value });
    }
    beginField(fieldIndex + 1, body.text.length + 1);
  }

  /** Ends this take: the units before `to` are taken. A command that may nest here is not shown yet. */
  function stop(outcome: Outcome, to: number): number {
    if (state === inText) previewRaw(isNesting ? nestedFrom : to);
    emitDelta();
    body.outcome = outcome;
    body.text += chunk.slice(from, to);
    if (isNesting) nestedHeld += chunk.slice(nestedFrom, to);
    if (outcome === "nested") {
      body.nestedHead = nestedHeld;
      body.text = body.text.slice(0, -nestedHeld.length);
    }
    return to;
  }

  /** Handles one unit in `start`; returns an outcome that ends the body, or `more`. */
  function takeFirst(unit: number, index: number): Outcome {
    const mayBePayload = kind === "any" || kind === "extra";
    if (unit === bar) endField(index);
    else if (unit === closeBracket) return "closed";
    else if (unit === singleQuote || unit === doubleQuote) {
      state = inQuote;
      quote = unit;
    } else if ((unit === openBrace || unit === openBracket) && mayBePayload) {
      state = inPayload;
      levels = unit === openBrace ? 1 : 0;
      depth = 1;
    } else if (unit !== space || nested === undefined) {
      state = inText;
      // A text that begins with a brace may be a placeholder that nobody filled: the reader must look.
      isPlain = unit !== openBrace;
      preview.start();
      rawFrom = index;
      return takeText(unit, index);
    }
    return "more";
  }

  function takeText(unit: number, index: number): Outcome {
    if (unit === bar) {
      endField(index);
      return "more";
    }
    if (unit === closeBracket && rawDepth === 0) return "closed";
    if (unit === openBracket && nested === undefined) return "broken";
    isPlain &&= unit >= 0x20 && unit < 0x7f && textStops[unit] === 0;
    if (unit === backslash) {
      previewRaw(index);
      state = inEscape;
    } else if (unit === closeBracket) rawDepth -= 1;
    else if (unit === openBracket) {
      rawDepth += 1;
      isNesting = true;
      nestedFrom = index;
      nestedHeld = "";
      nested?.start();
    }
    return "more";
  }

  function takeEscape(unit: number, index: number): void {
    if (unit === 0x75) {
      escape = "\\u";
      state = inHex;
      return;
    }
    escape = `\\${chunk.charAt(index)}`;
    endEscape(index + 1);
  }

  function takeHex(unit: number, index: number): Outcome {
    if (isHexDigit(unit)) {
      escape += chunk.charAt(index);
      if (escape.length === 6) endEscape(index + 1);
      return "more";
    }
    endEscape(index);
    return takeText(unit, index);
  }

  function endEscape(next: number): void {
    preview.meaning(readEscape({ line: escape, index: 0, failure: undefined }, 0) ?? escape);
    state = inText;
    rawFrom = next;
  }

  function takePayload(unit: number): Outcome {
    if (unit === singleQuote || unit === doubleQuote || (nested !== undefined && isSmartQuote(unit))) {
      state = inString;
      quote = unit;
    } else if (unit === openBrace || unit === openBracket) {
      depth += 1;
      levels = (levels << 1) | (unit === openBrace ? 1 : 0);
      if (depth > limits.depth) state = inSkip;
    } else if (unit === closeBrace || unit === closeBracket) {
      if ((unit === closeBrace) === ((levels & 1) === 1)) {
        levels >>= 1;
        depth -= 1;
        if (depth === 0) state = inAfter;
      } else if (unit === closeBracket) return "mismatch";
      else state = inSkip;
    }
    return "more";
  }

  function takeQuoted(unit: number): void {
    if (isEscaped) isEscaped = false;
    else if (unit === backslash) isEscaped = true;
    else if (unit === quote || (isSmartQuote(quote) && isSameSmartQuote(unit, quote))) {
      state = state === inQuote ? inAfter : inPayload;
    }
  }

  function takeUnit(unit: number, index: number): Outcome {
    switch (state) {
      case inStart:
        return takeFirst(unit, index);
      case inText:
        return takeText(unit, index);
      case inEscape:
        takeEscape(unit, index);
        return "more";
      case inHex:
        return takeHex(unit, index);
      case inPayload:
        return takePayload(unit);
      case inAfter:
        if (unit === bar) endField(index);
        return unit === closeBracket ? "closed" : unit === openBracket ? "broken" : "more";
      case inSkip:
        return "more";
      default:
        takeQuoted(unit);
        return "more";
    }
  }

  /** Takes a chunk that holds plain text of one field and nothing else, as most do; false when it is not so. */
  function takePlain(plain: string): boolean {
    if (state !== inText || isNesting || body.text.length + plain.length >= maxLength) return false;
    if (plainEnd(plain, 0, plain.length) < plain.length) return false;
    body.text += plain;
    body.outcome = "more";
    preview.raw(plain);
    emitDelta();
    return true;
  }

  function take(newChunk: string, start: number): number {
    if (start === 0 && takePlain(newChunk)) return newChunk.length;
    chunk = newChunk;
    from = start;
    rawFrom = start;
    nestedFrom = start;
    const limit = start + maxLength - body.text.length;
    const isFull = limit <= chunk.length;
    // Its second half would be left to the prose.
    const end = !isFull ? chunk.length : isHighSurrogate(chunk.charCodeAt(limit - 1)) ? limit - 1 : limit;
    for (let index = start; index < end; index += 1) {
      if (isNesting) {
        const verdict = nested?.take(chunk.charCodeAt(index)) ?? "closed";
        if (verdict === "pending") continue;
        if (verdict !== "closed") return stop("nested", verdict === "open" ? index + 1 : index);
        isNesting = false;
        preview.raw(nestedHeld);
        nestedHeld = "";
      }
      if (state === inText) index = plainEnd(chunk, index, end);
      else if ((state === inString || state === inQuote) && !isEscaped) index = stringEnd(chunk, index, end);
      if (index === end) break;
      const unit = chunk.charCodeAt(index);
      if (unit === lineFeed) return stop("broken", index);
      const outcome = takeUnit(unit, index);
      if (outcome === "more") continue;
      if (outcome === "closed") endField(index);
      return stop(outcome, outcome === "broken" ? index : index + 1);
    }
    return stop(isFull ? "full" : "more", end);
  }

  const body: CommandBody = {
    text: "",
    nestedHead: "",
    outcome: "more",
    begin(newSignature, head, newEmit) {
      signature = newSignature;
      emit = newEmit;
      isEscaped = false;
      rawDepth = 0;
      beginField(0, head.length);
      isNesting = false;
      nestedHeld = "";
      preview.start();
      body.text = head;
    },
    take,
  };
  return body;
}
