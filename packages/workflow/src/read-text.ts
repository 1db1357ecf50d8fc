import { LineCounter, Parser, isAlias, isMap, isScalar, isSeq, parseDocument } from "yaml";
import type { CST, Document, Node } from "yaml";
import type { Json } from "./json.ts";
import { pointerTo } from "./problem.ts";
import type { Finding, ProblemCode } from "./problem.ts";

/** The largest definition text in bytes of UTF-8. */
export const maxDefinitionBytes = 1_000_000;
/** How deep maps and lists may nest. */
export const maxDefinitionDepth = 64;
/** How many values a definition may hold once its aliases are written out. */
export const maxDefinitionValues = 100_000;

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
  /** Gives the place of the key or item, or of the nearest parent that has one. */
  locate(path: string): Position | undefined;
}

/** Reads YAML 1.2, or strict JSON, within the limits of size, depth and number of values. [W1][W2] */
export function readText(text: string, format: "yaml" | "json"): TextReading {
  const lines = new LineCounter();
  const offsets = new Map<string, number>();
  const findings: Finding[] = [];
  const locate = (path: string): Position | undefined => {
    for (let at = path; ; at = at.slice(0, at.lastIndexOf("/"))) {
      const offset = offsets.get(at);
      if (offset !== undefined) {
        const { line, col } = lines.linePos(offset);
        return { line, column: col };
      }
      if (at === "") return undefined;
    }
  };
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
      const offset = /at position (\d+)/.exec(String(error))?.[1];
      parseLines(text, lines);
      if (offset !== undefined) offsets.set("", Number(offset));
      refuse("syntax", `The text is not JSON: ${firstLine(error)}.`, "Mend the JSON, or give it as YAML.");
      return refused();
    }
  }
  // The composer is recursive and the token parser is not: depth is measured on tokens before anything recurses.
  if (isTooDeep(text)) {
    refuse("too_deep", `Maps and lists nest deeper than ${maxDefinitionDepth}.`, "Make the definition flatter.");
    return refused();
  }
  // Its own check of unique keys compares each with each (3.3 s for 20,000 keys); `toJson` checks with a set.
  const options = { uniqueKeys: false, stringKeys: true, logLevel: "error", prettyErrors: false } as const;
  const document = parseDocument(text, { ...options, lineCounter: lines });
  for (const error of [...document.errors, ...document.warnings]) {
    const code = error.name === "YAMLWarning" ? "unsupported_yaml" : "syntax";
    if (findings.length === 0) offsets.set("", error.pos[0]);
    refuse(code, `The YAML cannot be read: ${firstLine(error)}.`, "Use plain maps, lists, text, numbers and booleans.");
  }
  if (findings.length > 0) return refused();
  offsets.set("", 0);
  const value = toJson(document, offsets, refuse);
  return findings.length > 0 ? refused() : { value, findings, locate };
}

type Refuse = (code: ProblemCode, message: string, hint: string, path?: string) => undefined;

function toJson(document: Document.Parsed, offsets: Map<string, number>, refuse: Refuse): Json | undefined {
  let values = 0;
  let stopped = false;
  const stop = (code: ProblemCode, message: string, hint: string, path: string): undefined => {
    stopped = true;
    return refuse(code, message, hint, path);
  };
  const convert = (node: Node | null, path: string, depth: number): Json | undefined => {
    if (stopped) return undefined;
    values += 1;
    if (values > maxDefinitionValues) {
      return stop("too_many_values", `It holds more than ${maxDefinitionValues} values.`, "Use fewer aliases.", path);
    }
    if (node === null) return null;
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target === undefined) return refuse("syntax", `Nothing is named &${node.source}.`, "Set the anchor.", path);
      return convert(target, path, depth);
    }
    if (isScalar(node)) return toPlain(node.value, path, refuse);
    // Aliases can nest deeper than the text does, and an anchor can hold itself.
    if (depth >= maxDefinitionDepth) {
      return stop("too_deep", `Values nest deeper than ${maxDefinitionDepth}.`, "Use fewer aliases.", path);
    }
    if (isSeq<Node | null>(node)) {
      return node.items.map((item, index) => {
        const itemPath = pointerTo(path, index);
        if (item?.range) offsets.set(itemPath, item.range[0]);
        return convert(item, itemPath, depth + 1) ?? null;
      });
    }
    if (isMap<Node, Node | null>(node)) {
      const entries = new Map<string, Json>();
      for (const pair of node.items) {
        const key = isScalar(pair.key) ? pair.key.value : undefined;
        if (typeof key !== "string") {
          refuse("unsupported_yaml", "A key is not text.", "Write each key as plain text.", path);
          continue;
        }
        const keyPath = pointerTo(path, key);
        if (entries.has(key)) {
          if (pair.key.range) offsets.set(keyPath, pair.key.range[0]);
          refuse("duplicate_key", `The key "${key}" stands twice in one map.`, "Keep one of them.", keyPath);
          continue;
        }
        if (pair.key.range) offsets.set(keyPath, pair.key.range[0]);
        entries.set(key, convert(pair.value, keyPath, depth + 1) ?? null);
      }
      // fromEntries makes own properties, also of "__proto__".
      return Object.fromEntries(entries);
    }
    return null;
  };
  return convert(document.contents, "", 0);
}

function toPlain(value: unknown, path: string, refuse: Refuse): Json | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  // Negative zero is written as 0 in JSON: it must not change when a run is stored.
  if (typeof value === "number" && Number.isFinite(value)) return value === 0 ? 0 : value;
  const hint = "Use text, a finite number, true, false or null.";
  return refuse("unsupported_yaml", "A value has no form in JSON.", hint, path);
}

function isTooDeep(text: string): boolean {
  const waiting: { readonly token: CST.Token; readonly depth: number }[] = [];
  for (const token of new Parser().parse(text)) waiting.push({ token, depth: 0 });
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next;
    if (token.type === "document" && token.value) waiting.push({ token: token.value, depth });
    if (!("items" in token)) continue;
    if (depth >= maxDefinitionDepth) return true;
    for (const item of token.items) {
      if (item.key) waiting.push({ token: item.key, depth: depth + 1 });
      if (item.value) waiting.push({ token: item.value, depth: depth + 1 });
    }
  }
  return false;
}

function parseLines(text: string, lines: LineCounter): void {
  lines.addNewLine(0);
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines.addNewLine(at + 1);
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split("\n")[0] ?? "").replace(/[.:]$/, "");
}
