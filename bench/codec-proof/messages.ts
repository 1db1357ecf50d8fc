import { commandTemplates, eventTemplates, limits } from "@kingly/codec";
import type { Value } from "@kingly/codec";
import type { Chances } from "./chances.ts";

/** A message of any code, as a program may hold it. */
export type Message = { readonly op: string } & Readonly<Record<string, unknown>>;

/** Makes messages: every code, every kind, texts that look like syntax, halves of pairs, payloads of all depths. */
export interface Messages {
  command(): Message;
  event(): Message;
  text(): string;
}

interface Hole {
  readonly name: string;
  readonly kind: string;
  readonly required: boolean;
}
interface Form {
  readonly op: string;
  readonly holes: readonly Hole[];
}

const syntax = Array.from(
  "|[]{}'\"\\/: ,#$-0123456789eE.+abnrstu_\n\t\r\u{0}\u{7f}\u{85}\u{a0}\u{2028}\u{2029}\u{feff}😀é",
);
const awkward = [
  ..."true,false,null,0,-0,42,1.10,1e5,1e999,9007199254740993,{title},${date},low,__proto__,op".split(","),
  " ",
  "  ",
  " x ",
  "\\",
  "'",
  '"',
  "{",
  "[",
  "]",
  "\\u0041",
  "\ud83d",
  "\ude00",
  "\ude00\ud83d",
  "e\u{301}",
  "\u{202e}x\u{202c}",
];
const numbers = [0, -0, 1, -1, 0.1, 2 ** 53, 2 ** 53 - 1, -(2 ** 53), 1e20, 1e21, 1e308, 5e-324, 123_456_789.012_345];
const keys = ["__proto__", "constructor", "toString", "1", "01", "", "a b", "name", "hasOwnProperty", "x-y", "ünicode"];
const words = "plan the report for all users and send it before noon café naïve budget login data key".split(" ");

/** Creates the messages of some chances. */
export function createMessages(chances: Chances): Messages {
  const { below, oneIn, pick } = chances;
  const bits = new DataView(new ArrayBuffer(8));

  function signs(most: number, sign: () => string): string {
    let text = "";
    for (let left = below(most + 1); left > 0; left -= 1) text += sign();
    return text;
  }
  function text(): string {
    switch (below(8)) {
      case 0:
        return signs(14, () => pick(syntax));
      case 1:
        return signs(8, () => String.fromCharCode(below(0x1_00_00)));
      case 2:
        return signs(8, () => String.fromCodePoint(below(0x11_00_00)));
      case 3:
        return signs(20, () => String.fromCharCode(below(0x80)));
      case 4:
        return pick(awkward) + (oneIn(2) ? pick(awkward) : "");
      case 5:
        return signs(5, () => String.fromCharCode(0xd8_00 + below(0x8_00)));
      default:
        return oneIn(500) ? signs(2000, () => pick(syntax)) : signs(6, () => `${pick(words)} `).trimEnd();
    }
  }
  function number(): number {
    switch (below(4)) {
      case 0:
        return pick(numbers);
      case 1:
        return below(2_000_001) - 1_000_000;
      case 2:
        return below(1_000_000) / 10 ** below(9);
      default:
        bits.setUint32(0, below(2 ** 32));
        bits.setUint32(4, below(2 ** 32));
        return Number.isFinite(bits.getFloat64(0)) ? bits.getFloat64(0) : 0;
    }
  }
  function value(depth: number): Value {
    const structures = depth <= limits.depth ? 9 : 7;
    switch (below(structures)) {
      case 0:
        return number();
      case 1:
        return pick([true, false, null]);
      case 7:
        return Array.from({ length: below(4) }, () => value(depth + (oneIn(8) ? 1 : 3)));
      case 8:
        return Object.fromEntries(
          Array.from({ length: below(4) }, () => [oneIn(2) ? pick(keys) : text(), value(depth + (oneIn(8) ? 1 : 3))]),
        );
      default:
        return text();
    }
  }
  /** A payload as deep as one may be. */
  function deepest(): Value {
    let inner: Value = oneIn(2) ? [] : {};
    for (let depth = 1; depth < limits.depth; depth += 1) inner = oneIn(2) ? [inner] : { [pick(keys)]: inner };
    return inner;
  }
  const kinds: Readonly<Record<string, () => Value>> = {
    text,
    number,
    unit: () => (oneIn(4) ? pick([0, 1, -0, 0.5, 5e-324]) : below(2 ** 32) / 2 ** 32),
    level: () => (oneIn(2) ? pick(["low", "medium", "high"]) : number()),
    any: () => (oneIn(50) ? deepest() : value(1)),
  };
  function fieldOf({ kind, required }: Hole): Value {
    const made = kinds[kind]?.() ?? "";
    return required && kind === "text" && made === "" ? "x" : made;
  }
  function messageOf({ op, holes }: Form): Message {
    const entries: [string, unknown][] = [["op", op]];
    if (oneIn(3)) entries.push(["cid", signs(15, () => pick(cidSigns)) + pick(cidSigns)]);
    for (const hole of holes) if (hole.required || !oneIn(4)) entries.push([hole.name, fieldOf(hole)]);
    if (holes.length < limits.fields && oneIn(8)) {
      const extra = Array.from({ length: 1 + below(limits.fields - holes.length) }, () =>
        oneIn(3) ? undefined : value(1),
      );
      entries.push(["extra", extra.at(-1) === undefined ? [...extra.slice(0, -1), "last"] : extra]);
    }
    return Object.fromEntries(entries) as Message;
  }
  return {
    command: () => messageOf(pick(commands)),
    event: () => messageOf(pick(events)),
    text,
  };
}

const cidSigns = Array.from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
const commands = formsOf(commandTemplates);
const events = formsOf(eventTemplates);

function formsOf(templates: Readonly<Record<string, string>>): readonly Form[] {
  return Object.entries(templates).map(([op, template]) => ({
    op,
    holes: Array.from(template.matchAll(/\{(\w+)(?::(\w+))?(!?)\}/g), ([, name = "", kind = "text", mark], index) => ({
      name,
      kind,
      required: index === 0 || mark === "!",
    })),
  }));
}
