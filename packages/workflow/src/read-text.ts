import { CST, Lexer, LineCounter, Parser, parseDocument } from "yaml";
import type { Json } from "./json.ts";
import { nodeToJson } from "./node-to-json.ts";
import type { Refuse } from "./node-to-json.ts";
import { maxDefinitionBytes, maxDefinitionDepth, maxDefinitionValues } from "./text-limits.ts";
import type { Finding, ProblemCode } from "./problem.ts";

/** A place in a text; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A text as a value, and the way back from a JSON pointer to its place. */
export interface TextReading {
  /** Undefined when the text could not be read; `findings` say why. */
  readonly value: Json | undefined;
  readonly findings: readonly Finding[];
  /** Gives the place of the key or item, or of the nearest parent that has one; `within` leads into a text there.
   *
   * Where a text is folded or has escapes, the place inside it is not known, and that of its key is given. */
  locate(path: string, within?: number): Position | undefined;
}

/** Reads YAML 1.2, or strict JSON, within the limits of size, depth and number of values. [W1][W2] */
export function readText(text: string, format: "yaml" | "json"): TextReading {
  const lines = new LineCounter();
  const offsets = new Map<string, number>();
  const texts = new Map<string, readonly [number, number]>();
  const findings: Finding[] = [];
  const locate = (path: string, within?: number): Position | undefined => {
    const inside = within === undefined ? undefined : insideOf(path, within);
    if (inside !== undefined) return inside;
    for (let at = path; ; at = at.slice(0, at.lastIndexOf("/"))) {
      const offset = offsets.get(at);
      if (offset !== undefined) {
        const { line, col } = lines.linePos(offset);
        return { line, column: col };
      }
      if (at === "") return undefined;
    }
  };
  const insideOf = (path: string, within: number): Position | undefined => {
    const range = texts.get(path);
    const value = valueAt(root, path);
    if (range === undefined || typeof value !== "string") return undefined;
    const begin = text.slice(...range).indexOf(value.trimEnd());
    if (begin < 0) return undefined;
    const { line, col } = lines.linePos(range[0] + begin + within);
    return { line, column: col };
  };
  let root: Json | undefined;
  const refuse = (code: ProblemCode, message: string, hint: string, path = ""): undefined => {
    findings.push({ code, message, path, hint });
    return undefined;
  };
  const refused = (): TextReading => ({ value: undefined, findings, locate });

  const sizeBytes = text.length > maxDefinitionBytes ? text.length : new TextEncoder().encode(text).length;
  if (sizeBytes > maxDefinitionBytes) {
    refuse("too_large", `The text has ${sizeBytes} bytes.`, `Keep it within ${maxDefinitionBytes} bytes.`);
    return refused();
  }
  if (format === "json") {
    try {
      JSON.parse(text);
    } catch (error) {
      parseLines(text, lines);
      offsets.set("", jsonFault(text));
      refuse("syntax", `The text is not JSON: ${firstLine(error)}.`, "Mend the JSON, or give it as YAML.");
      return refused();
    }
  }
  checkTokens(text, refuse);
  if (findings.length > 0) return refused();
  // Its own check of unique keys compares each with each (3.3 s for 20,000 keys); `nodeToJson` checks with a set.
  const options = { uniqueKeys: false, stringKeys: true, logLevel: "error", prettyErrors: false } as const;
  const document = parseDocument(text, { ...options, lineCounter: lines });
  for (const error of [...document.errors, ...document.warnings]) {
    const code = error.name === "YAMLWarning" ? "unsupported_yaml" : "syntax";
    if (findings.length === 0) offsets.set("", error.pos[0]);
    refuse(code, `The YAML cannot be read: ${firstLine(error)}.`, "Use plain maps, lists, text, numbers and booleans.");
  }
  if (findings.length > 0) return refused();
  offsets.set("", 0);
  root = nodeToJson(document.contents, { offsets, texts }, refuse);
  return findings.length > 0 ? refused() : { value: root, findings, locate };
}

// What costs the composer time; a value may stand beside its key, so twice as many may come.
const counted: ReadonlySet<string> = new Set(
  "scalar single-quoted-scalar double-quoted-scalar alias anchor tag directive-line doc-start".split(" "),
);

// Watches the tokens as they come, so that what is refused costs no more than the part that was read: the composer
// behind it is recursive, and needs seconds for a million small values.
function checkTokens(text: string, refuse: Refuse): void {
  const parser = new Parser();
  let values = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const type = CST.tokenType(lexeme);
    if (type !== null && counted.has(type)) values += 1;
    if (values > 2 * maxDefinitionValues) {
      refuse("too_many_values", `It holds more than ${maxDefinitionValues} values.`, "Make the definition smaller.");
      return;
    }
    // What the parser gives is not needed: the document is composed afresh once the text is known to be tame.
    const tokens = parser.next(lexeme);
    while (!tokens.next().done);
    if (parser.stack.filter((token) => "items" in token).length > maxDefinitionDepth) {
      refuse("too_deep", `Maps and lists nest deeper than ${maxDefinitionDepth}.`, "Make the definition flatter.");
      return;
    }
  }
}

// Not every engine says where: the fault is behind the longest beginning of which only the rest is missing.
function jsonFault(text: string): number {
  let good = 0;
  let bad = text.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (lacksItsEnd(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return lacksItsEnd(text) ? text.length : good;
}

function lacksItsEnd(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = String(error);
    return /end of JSON|[Uu]nterminated/.test(message) || message.includes(`at position ${text.length}`);
  }
}

function valueAt(root: Json | undefined, path: string): Json | undefined {
  let value = root;
  for (const segment of path.split("/").slice(1)) {
    if (typeof value !== "object" || value === null) return undefined;
    const key = segment.replaceAll("~1", "/").replaceAll("~0", "~");
    value = Object.hasOwn(value, key) ? (value as Readonly<Record<string, Json>>)[key] : undefined;
  }
  return value;
}

function parseLines(text: string, lines: LineCounter): void {
  lines.addNewLine(0);
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines.addNewLine(at + 1);
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split("\n")[0] ?? "").replace(/[.:]$/, "");
}
