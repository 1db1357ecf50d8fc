import {
  createScanner,
  createTaint,
  defuse,
  errorLine,
  formatCommand,
  lenient,
  parseCommand,
  parseEvent,
  readLenient,
  taughtCommands,
} from "@kingly/codec";
import type { Command, Repair, ScanEvent, ScannerOptions } from "@kingly/codec";
import { createChances } from "./chances.ts";
import type { Chances } from "./chances.ts";
import { createMessages } from "./messages.ts";
import { show } from "./proof.ts";
import type { Proof } from "./proof.ts";

const parts = Array.from("|||[]{}'\"\\\\:,, ##0129.-+eEuabnrst_$/~\t\n`\u{7f}é😀%“”‘’").concat(
  "None True 85% [tc: TC: ``` \\u12 \\U {a:1} ]} tc: ms:k| wf:p|{ op: 'op':'tc' {title} \ud83d".split(" "),
  "[G: ",
  "[Go k7: ",
);

/** Breaks commands, and looks at what menders and scanners make of them. [C29][C34][C37][C41][C42][C46][C64]
 *
 * A mended line is read by the strict reader as the same, and its repairs make it; a refusal is an error line; chunks
 * change nothing; what is executed is executed no more once its text is untrusted; nothing opens in what was defused. */
export const mending: Proof = (count, seed, progress) => {
  const chances = createChances(seed);
  const messages = createMessages(chances);
  const tally = { mended: 0, refused: 0, executed: 0 };
  for (let done = 0; done < count; done += 1) {
    if (done % 10_000 === 0) progress(done);
    const valid = formatCommand(messages.command() as Command);
    const broken = broke(chances, chances.oneIn(3) ? `[Go: ${valid}]` : valid);
    const line = chances.oneIn(3) ? randomText(chances) : broken;
    const wrongLine = checkLine(line);
    if (wrongLine !== undefined) return { counterexample: `${wrongLine}: ${show(line)}` };
    const reading = readLenient(line, "command");
    tally[reading.ok ? "mended" : "refused"] += 1;

    const tail = `\n${valid.slice(0, 50)}[tc: ${valid.slice(3)}]${randomText(chances)}`;
    const text = randomText(chances) + line + randomText(chances) + tail;
    const options = optionsOf(chances);
    const events = scan(chances, text, options, 9);
    const wrongStream = checkStream(chances, text, options, events);
    if (wrongStream !== undefined) return { counterexample: `${wrongStream}, ${show(options)}: ${show(text)}` };
    tally.executed += events.filter(({ kind }) => kind === "command").length;
  }
  return {
    facts: [
      `${count} broken lines: ${tally.mended} read or mended, ${tally.refused} refused; ${tally.executed} commands in streams`,
    ],
  };
};

function checkLine(line: string): string | undefined {
  const strict = parseCommand(line);
  const read = readLenient(line, "command");
  if (!read.ok) {
    if (strict.ok) return "the mender refuses what the reader takes";
    return parseEvent(errorLine(read.error, "a1", line)).ok ? undefined : "the error line cannot be read";
  }
  const again = parseCommand(read.line);
  if (!again.ok || formatCommand(again.value) !== formatCommand(read.value)) return "the mended line is another";
  if (strict.ok) return read.repairs.length === 0 ? undefined : "a repair of what was right";
  if (read.repairs.some(({ code }) => code === "object_form")) return undefined;
  return repaired(line, read.repairs) === read.line ? undefined : "the repairs do not make the line";
}

function repaired(line: string, repairs: readonly Repair[]): string {
  const points = Array.from(line);
  let text = "";
  let from = 0;
  for (const { at, from: old, to } of repairs) {
    text += points.slice(from, at).join("") + to;
    from = at + Array.from(old).length;
  }
  return text + points.slice(from).join("");
}

function checkStream(
  chances: Chances,
  text: string,
  options: ScannerOptions,
  events: readonly ScanEvent[],
): string | undefined {
  if (joined(events) !== joined(scan(chances, text, options, text.length))) return "chunks make a difference";
  const told = events.map((event) => ("text" in event && event.kind !== "delta" ? event.text : "")).join("");
  if (told !== text) return "what was told is not the stream";
  let at = 0;
  for (const event of events) {
    if (event.kind === "prose" || event.kind === "command" || event.kind === "broken") at += event.text.length;
    const isLate = event.kind === "broken" && event.diagnostic.code === "too_long";
    if (isLate && /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(at - 1, at + 1))) return "cut within a pair";
    if (event.kind !== "command") continue;
    if (!parseCommand(event.line).ok) return "executed what the reader refuses";
    const taint = createTaint();
    taint.add(`say ${chances.oneIn(2) ? event.text : `[Note: ${event.line}]`} now`);
    const echoed = scan(chances, event.text, { ...options, taint }, 5);
    if (echoed.some(({ kind }) => kind === "command")) return "executed what stands in untrusted text";
  }
  const isOpen = scan(chances, `x ${defuse(text)}`, options, 9).some(({ kind }) => kind !== "prose");
  return isOpen ? "something opens in what was defused" : undefined;
}

function scan({ below }: Chances, text: string, options: ScannerOptions, most: number): ScanEvent[] {
  const scanner = createScanner(options);
  const events: ScanEvent[] = [];
  for (let at = 0; at < text.length;) {
    const end = at + 1 + (most >= text.length ? text.length : below(most));
    events.push(...scanner.push(text.slice(at, end)));
    at = end;
  }
  return [...events, ...scanner.end()];
}

/** The events as one text, with neighbouring prose and deltas as one. */
function joined(events: readonly ScanEvent[]): string {
  let text = "";
  let last = "";
  for (const event of events) {
    const name = event.kind === "prose" ? "prose" : event.kind === "delta" ? `delta ${event.index}` : "";
    if (name === "") text += `\0${JSON.stringify(event)}`;
    else text += (name === last ? "" : `\0${name} `) + ("text" in event ? event.text : "");
    last = name;
  }
  return text;
}

function optionsOf({ below, oneIn }: Chances): ScannerOptions {
  return {
    lenient: oneIn(2) ? lenient : undefined,
    ...(oneIn(2) && { seal: "k7" }),
    ...(oneIn(3) && { maxLength: 64 + below(40) }),
    ...(oneIn(3) && { ops: taughtCommands }),
  };
}

function broke({ below, oneIn, pick }: Chances, text: string): string {
  let line = text;
  for (let left = 1 + below(4); left > 0; left -= 1) {
    const at = below(line.length + 1);
    line = line.slice(0, at) + (oneIn(3) ? "" : pick(parts)) + line.slice(at + below(3));
  }
  return line;
}

function randomText({ below, pick }: Chances): string {
  return Array.from({ length: below(16) }, () => pick(parts)).join("");
}
