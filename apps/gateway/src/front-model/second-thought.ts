// Between recording and sending: what the reflex did not understand is held back while a front model thinks of it.
import { defuse, estimateTokens } from "@kingly/codec";
import type { Command } from "@kingly/codec";
import type { Log } from "@kingly/runtime";
import { JournalError } from "../journal/journal.ts";
import type { Journal } from "../journal/journal.ts";
import { maxBodyBytes } from "../on-utterance.ts";
import type { Outgoing, UtteranceAnswer } from "../on-utterance.ts";
import type { Thought } from "./channel-event.ts";
import { maxSaidTokens } from "./cut-to-tokens.ts";
import type { FrontChannel } from "./front-channel.ts";
import { refineTurn } from "./refine-turn.ts";
import type { Heard, RefinedTurn } from "./refine-turn.ts";

/** The cid of an utterance's command, by its ordinal. */
type CidOf = (ordinal: number) => string;

/** What is thought of a second time, by the id of the utterance. */
export interface SecondThought {
  /** Holds an utterance that the journal has and thinks of it; false when it must be sent as it is, now. */
  hold(utteranceId: string, text: string, said: Outgoing, cid: CidOf): boolean;
  /** What comes of a held utterance: its new answer, or undefined when the back reads it. Undefined when none is held. */
  pending(utteranceId: string): Promise<UtteranceAnswer | undefined> | undefined;
  /** How many are held. */
  held(): number;
  /** Ends all thinking; what is held stays in the journal and goes to the back at the next start. */
  close(): void;
}

/** What a second thought needs. */
export interface SecondThoughtDeps {
  readonly channel: FrontChannel;
  readonly journal: Pick<Journal, "refine">;
  readonly log: Log;
  readonly workspace: string;
  /** What the model may know now. */
  context(): Omit<Thought, "text" | "signal">;
  send(outgoing: readonly Outgoing[]): void;
  /** Tells that the turn is another one from now on, before anything of it is sent. */
  onRefined(answer: UtteranceAnswer): void;
}

/** How many utterances are held at once; the next is sent as it is. */
export const maxHeld = 16;

/** Creates the second thought of one workspace. [G19]
 *
 * Whatever happens, a held utterance leaves once: replaced in one transaction by what the model made of it, or as it is. */
export function createSecondThought(deps: SecondThoughtDeps): SecondThought {
  const thinking = new Map<string, Promise<UtteranceAnswer | undefined>>();
  const stop = new AbortController();

  /** Everything the model says, or undefined when it did not come to its end. */
  const hear = async (text: string): Promise<Heard | undefined> => {
    let prose = "";
    const commands: Command[] = [];
    for await (const event of deps.channel.think({ ...deps.context(), text, signal: stop.signal })) {
      if (event.kind === "prose") prose += event.text;
      else if (event.kind === "command") commands.push(event.command);
      else if (event.kind === "ended")
        return event.why === "end" ? { prose, commands, unread: event.unread } : undefined;
    }
    return undefined;
  };
  const refine = async (
    utteranceId: string,
    text: string,
    said: Outgoing,
    cid: CidOf,
  ): Promise<RefinedTurn | undefined> => {
    const heard = await hear(text);
    const refined = heard && refineTurn(said, heard, cid);
    if (refined === undefined || stop.signal.aborted) return undefined;
    const outbox = refined.outgoing.map(({ id, body }) => ({ id, body: JSON.stringify(body) }));
    const { workspace } = deps;
    const answer = JSON.stringify(refined.answer);
    // What no frame can carry is not told in part either.
    if ([answer, ...outbox.map(({ body }) => body)].some((text) => Buffer.byteLength(text) > maxBodyBytes))
      return undefined;
    return (await deps.journal.refine({ workspace, id: utteranceId, held: said.id, answer, outbox }))
      ? refined
      : undefined;
  };
  const think = async (
    utteranceId: string,
    text: string,
    said: Outgoing,
    cid: CidOf,
  ): Promise<UtteranceAnswer | undefined> => {
    let refined: RefinedTurn | undefined;
    try {
      refined = await refine(utteranceId, text, said, cid);
    } catch (thrown) {
      deps.log.error("a second thought could not be kept; the orchestrator reads the utterance", {
        why: String(thrown),
      });
      // Nobody knows what a journal that is gone holds: its next start does.
      if (thrown instanceof JournalError && thrown.code === "GONE") return undefined;
    } finally {
      thinking.delete(utteranceId);
    }
    if (stop.signal.aborted) return undefined;
    if (refined !== undefined) deps.onRefined(refined.answer);
    deps.send(refined?.outgoing ?? [said]);
    return refined?.answer;
  };

  return {
    hold(utteranceId, text, said, cid) {
      // What would have to be cut for the model is read whole by the back.
      if (estimateTokens(defuse(text)) > maxSaidTokens) return false;
      // A model that is not there, or fails just now, costs nobody any time. [G81]
      if (deps.channel.isReady?.() === false) return false;
      if (stop.signal.aborted || thinking.size >= maxHeld || thinking.has(utteranceId)) return false;
      thinking.set(utteranceId, think(utteranceId, text, said, cid));
      return true;
    },
    pending: (utteranceId) => thinking.get(utteranceId),
    held: () => thinking.size,
    close: () => stop.abort(),
  };
}
