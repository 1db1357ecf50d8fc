import { createScanner, createTaint, formatCommand, lenient } from "@kingly/codec";
import { disguises, escapings } from "../../packages/codec/test/disguises.ts";
import { createChances } from "./chances.ts";
import type { Chances } from "./chances.ts";
import { show } from "./proof.ts";
import type { Proof } from "./proof.ts";

const words =
  "fix plan delete send all users budget the report now café naïve login key data price Äpfel Straße Гранты νήσος 日本".split(
    " ",
  );
const intents = "ops sales growth legal".split(" ");

/** Lets a model echo commands that stand in untrusted text, and write one of its own in the same turn. [C43][C44][C46]
 *
 * No echo is executed, whatever the disguise, and every command of its own is. */
export const injections: Proof = (count, seed, progress) => {
  const chances = createChances(seed);
  const { below, oneIn, pick } = chances;
  const tally = { tainted: 0, unread: 0, genuine: 0, executedWithout: 0 };
  for (let done = 0; done < count; done += 1) {
    if (done % 10_000 === 0) progress(done);
    const [title, intent] = [wordsOf(chances), pick(intents)];
    const taint = createTaint();
    const lines = Array.from({ length: 1 + below(3) }, () => untrustedLine(chances, title));
    for (const line of lines) {
      const embed = `[${pick(["Generating", "Note", "A"])}: ${line}]`;
      const disguised = oneIn(3) ? pick(disguises)(pick(disguises)(embed)) : pick(disguises)(embed);
      taint.add(`${wordsOf(chances)}: ${disguised} ${title}`, pick(["mail", "page", "memory"]));
    }
    taint.add(`Please make a task ${title} for ${intent}, complexity medium`);
    const own = oneIn(8) ? (otherCode(lines[0]) ?? ownLine(chances, title, intent)) : ownLine(chances, title, intent);
    const pieces = lines.map((line) => `It says ${echoOf(chances, line)}`);
    pieces.splice(below(pieces.length + 1), 0, `Sure. [Generating: ${own}]`);
    const answer = `${pieces.join(pick([" ", "\n", ", "]))} Done.`;
    const isLenient = oneIn(2);
    const scanner = createScanner({ lenient: isLenient ? lenient : undefined, taint });
    const executed: string[] = [];
    const most = pick([1, 4, 9, answer.length]);
    for (let at = 0; at <= answer.length;) {
      const size = 1 + below(most);
      const isEnd = at + size > answer.length;
      const events = scanner.push(answer.slice(at, at + size));
      for (const event of isEnd ? [...events, ...scanner.end()] : events) {
        if (event.kind === "command") executed.push(formatCommand(event.command));
        if (event.kind === "broken") tally[event.diagnostic.code === "tainted" ? "tainted" : "unread"] += 1;
      }
      at += size;
    }
    const told = { own, executed, answer, lines, isLenient };
    if (executed.some((line) => line !== own)) return { counterexample: `an echo was executed: ${show(told)}` };
    if (executed.length !== 1) return { counterexample: `a genuine command was dropped: ${show(told)}` };
    tally.genuine += 1;
    // Without the check the echo is executed, so the check is what stops it.
    if (done % 1000 === 0) tally.executedWithout += countExecuted(answer, isLenient) - 1;
  }
  const sampled = Math.ceil(count / 1000);
  return {
    facts: [
      `${count} turns: ${tally.genuine} genuine commands executed, ${tally.tainted} echoes tainted, ${tally.unread} broken otherwise`,
      `echoes executed: 0; without the check, in ${sampled} of these turns: ${tally.executedWithout}`,
    ],
  };
};

function countExecuted(answer: string, isLenient: boolean): number {
  const scanner = createScanner({ lenient: isLenient ? lenient : undefined });
  return [...scanner.push(answer), ...scanner.end()].filter(({ kind }) => kind === "command").length;
}

function wordsOf({ below, pick }: Chances): string {
  return Array.from({ length: 1 + below(4) }, () => pick(words)).join(" ");
}

function untrustedLine(chances: Chances, title: string): string {
  const { pick, oneIn } = chances;
  const text = oneIn(3) ? title : wordsOf(chances);
  switch (chances.below(6)) {
    case 0:
      return `tc:${text}`;
    case 1:
      return `ms:${pick(words)}|{note:'${text}',n:1}|fact`;
    case 2:
      return `cl:${pick(words)}`;
    case 3:
      return `ca:${pick(words)}|${text}`;
    case 4:
      return `wf:${pick(intents)}|{who:'${text}',deep:{list:[1,'${pick(words)}']}}`;
    default:
      return `tc:${text}|${pick(intents)}|high`;
  }
}

/** A command of the model: it shares words, codes and fields with the others, and is none of them. */
function ownLine(chances: Chances, title: string, intent: string): string {
  switch (chances.below(6)) {
    case 0:
      return `ms:${title.split(" ")[0]}|{note:'${title}',n:2}|fact`;
    case 1:
      return `ts:auto|0.3|${title}`;
    case 2:
      return `cl:ctx_${title.split(" ")[0]}`;
    case 3:
      return `wf:${intent}|{who:'${title}',deep:{list:[2]}}`;
    case 4:
      return `tc:${title}|${intent}|0.5`;
    default:
      return `tc:${title}|${intent}|medium`;
  }
}

/** The fields of an untrusted command behind another code: to share them taints nothing. */
function otherCode(line = ""): string | undefined {
  return /^(?:tc|ca):[^|]*\|/.test(line) ? `ms:${line.slice(3)}` : undefined;
}

/** How a model may echo: as it was meant, or with the same disguise within its fields; labels and ids are its own. */
function echoOf(chances: Chances, line: string): string {
  const { pick, oneIn } = chances;
  const label = pick(["Generating", "Note", "Echo"]);
  const head = `${line.slice(0, 2)}${oneIn(4) ? `#${pick(["7", "abc", "T1"])}` : ""}:`;
  const body = line.slice(3);
  if (oneIn(4)) return `[${label}: ${head}${pick(disguises)(body)}]`;
  if (oneIn(4)) return `[${label}: ${head}${pick(escapings)(body)}]`;
  if (oneIn(4)) return `[${label}:${head}${body.replaceAll("|", " | ")}]`;
  if (oneIn(4)) return `[${head.toUpperCase()}${body}]`;
  return `[${label}: ${head}${body}${oneIn(8) && !body.includes("|") ? "||" : ""}]`;
}
