import { formatCommand, parseCommand } from "@kingly/codec";
import type { Command } from "@kingly/codec";
import type { TurnState } from "../board/turn-state.ts";
import type { Outgoing, UtteranceAnswer } from "../on-utterance.ts";

/** What a front model came to: its words, its commands without cids, and how many could not be read. */
export interface Heard {
  readonly prose: string;
  readonly commands: readonly Command[];
  readonly unread: number;
}

/** A turn after its second thought: what is told of it, and everything that goes to the back, the utterance first. */
export interface RefinedTurn {
  readonly answer: UtteranceAnswer;
  readonly outgoing: readonly Outgoing[];
}

/** Makes a turn of what a front model said to a held utterance; undefined when that is nothing to go by. [G19]
 *
 * `held` is the utterance that waits, with route `back`; `cid` gives the cid of an ordinal from 1. Words alone settle a
 * turn only when nothing was refused: they may speak of a command that is none. */
export function refineTurn(held: Outgoing, heard: Heard, cid: (ordinal: number) => string): RefinedTurn | undefined {
  const said = parseCommand(held.body.line);
  if (!said.ok || said.value.op !== "utterance") return undefined;
  const words = wordsOf(heard.prose);
  if (heard.commands.length === 0 && (words === "" || heard.unread > 0)) return undefined;
  const commands = heard.commands.map((command, index) => {
    const own = cid(index + 1);
    return { cid: own, line: formatCommand({ ...command, cid: own }) };
  });
  // Words that answer a question are all there is to do; commands are only recorded yet.
  const state: TurnState = commands.length === 0 ? "done" : "recorded";
  const text = [
    words === "" ? namesOf(heard.commands) : words,
    ...(heard.unread > 0 ? [leftOut(heard.unread)] : []),
  ].join("\n");
  const line = formatCommand({ ...said.value, reply: text, by: "model", state, route: "front" });
  const { turn } = held.body;
  const created = commands[heard.commands.findIndex((command) => command.op === "task_create")];
  const auto = created === undefined ? {} : { auto: created.cid };
  return {
    answer: { id: said.value.utterance_id, reply: { text, by: "model", state }, commands },
    outgoing: [
      { id: held.id, body: { ...held.body, line } },
      ...commands.map((command): Outgoing => ({
        id: command.cid,
        body: { line: command.line, turn, origin: "model", ...auto },
      })),
    ],
  };
}

// A fence or backticks around a command are left empty when it is taken out.
function wordsOf(prose: string): string {
  return prose
    .replaceAll(/```\w*\s*```|``/g, "")
    .replaceAll(/ {2,}/g, " ")
    .trim();
}

function namesOf(commands: readonly Command[]): string {
  return `Recorded: ${commands.map(({ op }) => op.replaceAll("_", " ")).join(", ")}.`;
}

function leftOut(unread: number): string {
  return unread === 1 ? "One command could not be taken." : `${unread} commands could not be taken.`;
}
