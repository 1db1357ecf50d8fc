import { createScanner, formatCommand, formatEvent, parseCommand, parseEvent } from "@kingly/codec";
import type { Command, Event, ScanEvent } from "@kingly/codec";
import { isEmbed, isMessage } from "../../packages/codec/test/grammar-recogniser.ts";
import { createChances } from "./chances.ts";
import type { Chances } from "./chances.ts";
import { createMessages } from "./messages.ts";
import { show } from "./proof.ts";
import type { Proof } from "./proof.ts";

// What a message of the grammar can still be refused for, by C28.
const beyondGrammar = new Set(
  "too_long unknown_code duplicate_key unsafe_number too_deep wrong_kind out_of_range missing_field empty_field".split(
    " ",
  ),
);
const signs = Array.from("|||[]{}'\"\\\\:,, ##0129.-+eEuabnrst_$/~\t\n\u{7f}\u{85}\u{a0}\u{2028}é😀");
const parts =
  "{a:1} [1,2] 'x' \"y\" \\n \\u00e9 \\u12 \\s true null a: {'k': 1.5e3 low ${a} {title} '' ,} [[ ]] \\".split(" ");
const heads = "tc: me: su#7: wf: er: ms:k| am:x|f| tc# t zz: ms:k|{ ms:k|[ ms:k|' ut: a TC: tc:: 1c:".split(" ");
const near = "[G: |[Generating: |[G k7: |[a-b_9: |[G:|[G  k7: |[: |[G k: |[G k77: |[G K7: |[G k8: ".split("|");
// The label and the seal have 24 signs together, or one more.
const long =
  "[aa23456789012345678901234: |[a23456789012345678901234: |[a23456789012345678901 k7: |[a23456789012345678901a k7: ";
const wrappers = [...near, ...long.split("|")];

/** Holds the recogniser of the grammar against the readers and the scanner, on one string after the other. [C28][C30] */
export const agreement: Proof = (count, seed, progress) => {
  const chances = createChances(seed);
  const messages = createMessages(chances);
  const scanners = [createScanner(), createScanner({ seal: "k7" })] as const;
  const tally = { legal: 0, refused: 0, beyond: 0, embeds: 0, streams: 0 };
  for (let done = 0; done < count; done += 1) {
    if (done % 10_000 === 0) progress(done);
    const line = lineOf(chances, messages);
    const isLegal = isMessage(line);
    tally[isLegal ? "legal" : "refused"] += 1;
    for (const parse of [parseCommand, parseEvent]) {
      const read = parse(line);
      const isBeyond = !read.ok && beyondGrammar.has(read.error.code);
      if (read.ok ? !isLegal : isLegal && !isBeyond) {
        const says = read.ok ? "read" : read.error.code;
        return { counterexample: `grammar ${isLegal}, reader ${says}: ${show(line)}` };
      }
      if (isLegal && isBeyond) tally.beyond += 1;
    }
    if (!chances.oneIn(4)) continue;
    tally.streams += 1;
    const wrapper = chances.pick(wrappers);
    const whole = `${wrapper}${line}]`;
    const text = chances.oneIn(4) ? mutated(chances, whole) : whole;
    for (const [index, scanner] of scanners.entries()) {
      const wrong = compareStream(text, [...scanner.push(text), ...scanner.end()], index === 1);
      if (wrong !== undefined)
        return { counterexample: `${wrong}, ${index === 1 ? "with" : "no"} seal: ${show(text)}` };
    }
    if (isEmbed(text, false) || isEmbed(text, true)) tally.embeds += 1;
  }
  return {
    facts: [
      `${count} strings: ${tally.legal} messages of the grammar, ${tally.refused} not; ${tally.beyond} refusals beyond it`,
      `${tally.streams} of them in brackets, ${tally.embeds} embeds of the grammar, each scanned with and without a seal`,
    ],
  };
};

/** Says how a scanner and the grammar differ on a text; nothing when they do not. */
function compareStream(text: string, events: readonly ScanEvent[], isSealed: boolean): string | undefined {
  const found = events.filter((event) => event.kind === "command");
  for (const command of found) {
    if (!isEmbed(command.text, isSealed)) return `executed what is no embed, ${show(command.text)}`;
  }
  const colonAt = text.indexOf(":");
  const message = text.slice(colonAt + 2, -1);
  // The label and the seal have at most 24 characters together, and a command 4,096.
  const fits = isEmbed(text, isSealed) && colonAt <= 25 && text.length <= 4096;
  const read = fits && (!isSealed || text.slice(0, colonAt).endsWith(" k7")) ? parseCommand(message) : undefined;
  if (read?.ok !== true) {
    return found.some((command) => command.text === text) ? "executed what the reader refuses" : undefined;
  }
  const [first] = found;
  const isRead =
    found.length === 1 && first?.text === text && formatCommand(first.command) === formatCommand(read.value);
  return isRead ? undefined : "did not execute what the grammar and the reader take";
}

function lineOf(chances: Chances, messages: ReturnType<typeof createMessages>): string {
  const { below, oneIn, pick } = chances;
  const kind = below(10);
  if (kind < 6) {
    const line = oneIn(2) ? formatCommand(messages.command() as Command) : formatEvent(messages.event() as Event);
    return kind === 0 ? line : mutated(chances, line);
  }
  if (kind === 9) return messages.text() + messages.text();
  let line = pick(heads);
  for (let left = below(13); left > 0; left -= 1) line += oneIn(3) ? pick(parts) : pick(signs);
  return line;
}

/** Changes one to three places: a sign put in, taken out or changed, a part put in or doubled, two parts swapped. */
function mutated({ below, pick }: Chances, text: string): string {
  let line = text;
  for (let left = 1 + below(3); left > 0; left -= 1) {
    const at = below(line.length + 1);
    const [before, after] = [line.slice(0, at), line.slice(at)];
    switch (below(7)) {
      case 0:
        line = before + pick(signs) + after;
        break;
      case 1:
        line = before + after.slice(1);
        break;
      case 2:
        line = before + pick(signs) + after.slice(1);
        break;
      case 3:
        line = before + pick(parts) + after;
        break;
      case 4:
        line = before + after.slice(0, 6) + after;
        break;
      case 5:
        line = before + String.fromCharCode(below(0x1_00_00)) + after;
        break;
      default:
        line = before + after.slice(3, 6) + after.slice(0, 3) + after.slice(6);
    }
  }
  return line;
}
