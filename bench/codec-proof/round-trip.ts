import { formatCommand, formatEvent, limits, parseCommand, parseEvent } from "@kingly/codec";
import type { Command, Event } from "@kingly/codec";
import { createChances } from "./chances.ts";
import { createMessages } from "./messages.ts";
import type { Message } from "./messages.ts";
import { show } from "./proof.ts";
import type { Proof } from "./proof.ts";

/** Writes and reads messages: each comes back the same, in the same order, and is written the same again. [C9][C27] */
export const roundTrip: Proof = (count, seed, progress) => {
  const messages = createMessages(createChances(seed));
  const seen = new Map<string, number>();
  let [bytes, payloads, halves, extras, deepest] = [0, 0, 0, 0, 0];
  for (let done = 0; done < count; done += 1) {
    if (done % 50_000 === 0) progress(done);
    const isCommand = done % 2 === 0;
    const message = isCommand ? messages.command() : messages.event();
    const line = isCommand ? formatCommand(message as Command) : formatEvent(message as Event);
    const read = isCommand ? parseCommand(line) : parseEvent(line);
    if (!read.ok) return { counterexample: `refused, ${read.error.code} at ${read.error.at}: ${show(line)}` };
    if (!isSame(message, read.value)) {
      return { counterexample: `read back as another: ${show(message)} by ${show(line)} as ${show(read.value)}` };
    }
    const again = isCommand ? formatCommand(read.value as Command) : formatEvent(read.value as Event);
    if (again !== line || !line.isWellFormed())
      return { counterexample: `not canonical: ${show(line)}, ${show(again)}` };
    seen.set(message.op, (seen.get(message.op) ?? 0) + 1);
    bytes += line.length;
    if (line.includes("{") || line.includes("[")) payloads += 1;
    if (/\\ud[89a-f]/.test(line)) halves += 1;
    if (message["extra"] !== undefined) extras += 1;
    if (done % 1024 < 2) deepest = Math.max(deepest, depthOf(message) - 1);
  }
  if (count > 100_000 && deepest < limits.depth) return { counterexample: `no payload was deeper than ${deepest}` };
  return {
    facts: [
      `${count} messages of ${seen.size} ops, at least ${Math.min(...seen.values())} of each; ${bytes} characters`,
      `with structures ${payloads}, with half of a surrogate pair ${halves}, with fields beyond the template ${extras}`,
    ],
  };
};

function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null)
    return Object.is(one, other);
  if (Array.isArray(one)) {
    if (!Array.isArray(other) || one.length !== other.length) return false;
    for (let index = 0; index < one.length; index += 1) if (!isSame(one[index], other[index])) return false;
    return true;
  }
  if (Array.isArray(other) || Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  const keys = Object.keys(one);
  const others = Object.keys(other);
  if (keys.length !== others.length) return false;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as string;
    if (key !== others[index] || !isSame((one as Message)[key], (other as Message)[key])) return false;
  }
  return true;
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
