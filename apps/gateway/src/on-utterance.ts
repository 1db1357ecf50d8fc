// Step 1 of the walk: what a person said is answered at once, then recorded, then sent to the back.
import { formatCommand } from "@kingly/codec";
import type { Answer, Reflex, View } from "@kingly/reflex";
import type { Clock } from "@kingly/runtime";
import type { TurnState } from "./board/turn-state.ts";
import type { Refusal, Utterance } from "./check-utterance.ts";
import { personReply } from "./person-command.ts";
import { deriveCid } from "./derive-cid.ts";
import type { SecondThought } from "./front-model/second-thought.ts";
import { JournalError } from "./journal/journal.ts";
import type { Journal } from "./journal/journal.ts";
import { busyRetryMs } from "./outbox-room.ts";

/** The answer to an utterance. `commands` are canonical lines with their cid; `reply.state` says what is true by now. */
export interface UtteranceAnswer {
  readonly id: string;
  readonly reply: { readonly text: string; readonly by: string; readonly state: TurnState };
  readonly commands: readonly { readonly cid: string; readonly line: string }[];
}

/** What became of an utterance once it was recorded, or why it was not. */
export type Settled =
  | {
      readonly ok: true;
      readonly answer: UtteranceAnswer;
      readonly repeat: boolean;
      /** What a second thought makes of it, when there is one: another answer, or undefined. [G19] */
      readonly refined?: Promise<UtteranceAnswer | undefined>;
    }
  | { readonly ok: false; readonly error: Refusal };

/** The first answer, and what makes it durable: give the answer away first, then settle, once. */
export interface Heard {
  readonly heard: UtteranceAnswer;
  settle(): Promise<Settled>;
}

/** One thing for the back, ready to be sent. */
export interface Outgoing {
  readonly id: string;
  readonly body: {
    readonly line: string;
    readonly turn: string;
    readonly origin: "user" | "reflex" | "model";
    /** The cid of the task that this turn creates: what `auto` means in a later command of the turn. */
    readonly auto?: string;
  };
}

/** An utterance that is on record. */
export interface SaidBefore {
  readonly text: string;
  readonly answer: UtteranceAnswer;
}

/** What this step needs. */
export interface OnUtteranceDeps {
  readonly clock: Clock;
  readonly reflex: Reflex;
  readonly journal: Journal;
  /** What is known of the world now. */
  view(): View;
  /** Is told what the reflex made of an utterance, at once: the next one may mean it. [G30] */
  onThought?(thought: Answer, cids: readonly string[], atMs: number): void;
  /** What was said under this id lately, and the durable answer to it. */
  known(id: string): SaidBefore | undefined;
  /** Sends what was recorded; the journal holds it already. */
  send(outgoing: readonly Outgoing[]): void;
  /** Tells that the turn's commands are on their way. */
  onRecorded(answer: UtteranceAnswer, text: string): void;
  /** Keeps places for what will wait for the back; undefined when there is no room. [G16] */
  reserve(commands: number, bytes: number): (() => void) | undefined;
  /** Thinks a second time of what the back would have to read; without it nothing is held. [G19] */
  readonly secondThought?: Pick<SecondThought, "hold" | "pending">;
}

/** Called with the thought of an utterance before anything follows from it; may put another in its place. [G27] */
export type CheckThought = (thought: Answer, atMs: number) => Answer;

/** The most bytes of what is sent. A frame of the link holds 65,536; the rest is for its own names. */
export const maxBodyBytes = 60_000;

/** Creates the step for one workspace and person. Nothing is awaited before `heard` is known. [G1] */
export function createOnUtterance(
  deps: OnUtteranceDeps,
  options: { readonly workspace: string; readonly person: string },
): (utterance: Utterance, check?: CheckThought) => Heard | { readonly refused: Refusal } {
  return (utterance, check = (same) => same) => {
    // Said again: the first reply is that of the first time too, not a new thought. Older ones the journal knows.
    const known = deps.known(utterance.id);
    const cid = (ordinal: number): string => deriveCid(options.workspace, options.person, utterance.id, ordinal);
    // What was done by hand is the same again only with the same command.
    const isSame = ({ commands }: UtteranceAnswer): boolean =>
      utterance.command === undefined || commands[0]?.line === formatCommand({ ...utterance.command, cid: cid(1) });
    if (known !== undefined) {
      if (known.text !== utterance.text || !isSame(known.answer)) return { refused: idReused(utterance.id) };
      const { answer } = known;
      const heard = { ...answer, reply: { ...answer.reply, state: "heard" as const } };
      return { heard, settle: async () => ({ ok: true, answer, repeat: true, ...refining(deps, utterance.id) }) };
    }
    const atMs = deps.clock.nowMs();
    const { thought: first, read } = think(deps, utterance);
    // What is done by hand is meant; nobody asks whether it is.
    const thought = read === undefined ? first : check(read, atMs);
    const commands = thought.commands.map((command, index) => {
      const own = cid(index + 1);
      return { cid: own, line: formatCommand({ ...command, cid: own }) };
    });
    // A question that is answered whole is done as soon as it is on record; everything else is only recorded.
    const settledState: TurnState = thought.answered && commands.length === 0 ? "done" : "recorded";
    const answerAs = (state: TurnState): UtteranceAnswer => ({
      id: utterance.id,
      reply: { text: thought.reply.text, by: "reflex", state },
      commands,
    });
    const release = deps.reserve(commands.length + 1, leastBytes(utterance.text, thought.reply.text, commands));
    if (release === undefined) return { refused: busy };
    // What is done by hand is nothing that the reflex has thought.
    if (read !== undefined) {
      deps.onThought?.(
        { ...read, ...thought },
        commands.map((command) => command.cid),
        atMs,
      );
    }
    const durable = answerAs(settledState);
    const keep = async (): Promise<Settled> => {
      const said = formatCommand({
        op: "utterance",
        cid: cid(0),
        utterance_id: utterance.id,
        text: utterance.text,
        reply: thought.reply.text,
        by: "reflex",
        state: settledState,
        at: atMs,
        route: thought.route,
      });
      const creates = thought.commands.findIndex((command) => command.op === "task_create");
      const created = commands[creates];
      const auto = created === undefined ? {} : { auto: created.cid };
      const outgoing: Outgoing[] = [
        { id: cid(0), body: { line: said, turn: utterance.id, origin: "user" } },
        ...commands.map((command): Outgoing => ({
          id: command.cid,
          body: {
            line: command.line,
            turn: utterance.id,
            origin: read === undefined ? ("user" as const) : ("reflex" as const),
            ...auto,
          },
        })),
      ];
      const bodies = outgoing.map((entry) => ({ id: entry.id, body: JSON.stringify(entry.body) }));
      if (bodies.some((entry) => Buffer.byteLength(entry.body) > maxBodyBytes)) {
        return { ok: false, error: tooLong };
      }
      try {
        const recorded = await deps.journal.record({
          workspace: options.workspace,
          person: options.person,
          id: utterance.id,
          text: utterance.text,
          atMs,
          answer: JSON.stringify(durable),
          outbox: bodies,
        });
        if (recorded.status === "conflict") return { ok: false, error: idReused(utterance.id) };
        if (recorded.status === "repeat") {
          const answer = JSON.parse(recorded.answer) as UtteranceAnswer;
          if (!isSame(answer)) return { ok: false, error: idReused(utterance.id) };
          return { ok: true, answer, repeat: true };
        }
      } catch (thrown) {
        return { ok: false, error: notRecorded(thrown) };
      }
      deps.onRecorded(durable, utterance.text);
      const [own] = outgoing;
      const isForBack = thought.route === "back" && outgoing.length === 1 && own !== undefined;
      const isHeld = isForBack && deps.secondThought?.hold(utterance.id, utterance.text, own, cid) === true;
      if (!isHeld) deps.send(outgoing);
      return { ok: true, answer: durable, repeat: false, ...refining(deps, utterance.id) };
    };
    // The places are free when what took them waits by itself, or will never come.
    return { heard: answerAs("heard"), settle: async () => keep().finally(release) };
  };
}

type Thought = Pick<Answer, "commands" | "answered" | "route"> & { readonly reply: { readonly text: string } };

/** Thinks of an utterance what the reflex reads in it; of what is done by hand nothing but to pass it on. [G21] */
function think(
  deps: Pick<OnUtteranceDeps, "reflex" | "view">,
  { text, command }: Utterance,
): { readonly thought: Thought; readonly read?: Answer } {
  if (command !== undefined) {
    const reply = { text: personReply(command) };
    return { thought: { reply, commands: [command], answered: false, route: "front" } };
  }
  const read = deps.reflex.answer(text, deps.view());
  return { thought: read, read };
}

function leastBytes(text: string, reply: string, commands: readonly { readonly line: string }[]): number {
  let bytes = Buffer.byteLength(text) + Buffer.byteLength(reply);
  for (const { line } of commands) bytes += Buffer.byteLength(line);
  return bytes;
}

const busy: Refusal = {
  code: "busy",
  message: "Too much waits for the orchestrator already.",
  hint: "Nothing was kept of this. Say it again when the orchestrator is back.",
  retryAfterMs: busyRetryMs,
};

function refining(deps: OnUtteranceDeps, id: string): Pick<Settled & { readonly ok: true }, "refined"> {
  const refined = deps.secondThought?.pending(id);
  return refined === undefined ? {} : { refined };
}

const tooLong: Refusal = {
  code: "invalid_utterance",
  message: "The text is too long to be sent on.",
  hint: "Say it in parts.",
};

function idReused(id: string): Refusal {
  return {
    code: "id_reused",
    message: `The id ${id} was used for another text.`,
    hint: "Give every utterance an id of its own; repeat one only with the same text.",
  };
}

function notRecorded(thrown: unknown): Refusal {
  const why = thrown instanceof JournalError ? `${thrown.code}: ${thrown.message}` : "an unknown reason";
  return {
    code: "not_recorded",
    message: `I heard that, but could not keep it (${why})`,
    hint: "Nothing was done. Free space or mend the data folder, then say it again.",
  };
}
