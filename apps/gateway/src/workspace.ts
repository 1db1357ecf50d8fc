import type { Answer, EventLog } from "@kingly/link";
import type { Answer as Thought, Reflex, View } from "@kingly/reflex";
import type { Clock, Log, Random } from "@kingly/runtime";
import { applyRow } from "./board/apply-row.ts";
import { createBounded } from "./board/bounded.ts";
import { createBoard } from "./board/board.ts";
import type { Board } from "./board/board.ts";
import { createBoardView } from "./board-view.ts";
import { createDialogue } from "./dialogue.ts";
import { openBackLink } from "./back-link.ts";
import type { Refusal, Utterance } from "./check-utterance.ts";
import { deriveCid } from "./derive-cid.ts";
import type { Journal } from "./journal/journal.ts";
import type { JournalContents } from "./journal/journal-store.ts";
import { createMirrorLog } from "./mirror-log.ts";
import type { RowBody } from "./mirror-log.ts";
import { createOnEvent } from "./on-event.ts";
import { createOnUtterance } from "./on-utterance.ts";
import type { CheckThought, Heard, SaidBefore, UtteranceAnswer } from "./on-utterance.ts";
import { createOutboxRoom } from "./outbox-room.ts";
import { createReplyCache } from "./reply-cache.ts";
import type { CacheCounts } from "./reply-cache.ts";
import { createPersonNext } from "./suggestions/person-next.ts";
import type { PersonNext } from "./suggestions/person-next.ts";
import { createSuggestions } from "./suggestions/suggestions.ts";
import type { Suggestions } from "./suggestions/suggestions.ts";
import { createTurns } from "./turns.ts";
import type { Turns } from "./turns.ts";
import { createWorkflowList } from "./workflow-list.ts";
import { boardContext } from "./front-model/board-context.ts";
import type { FrontChannel } from "./front-model/front-channel.ts";
import { createSecondThought } from "./front-model/second-thought.ts";

/** One workspace as the front knows it: what is said in it, its log, its board, its link to the back. */
export interface Workspace {
  readonly id: string;
  readonly eventLog: EventLog<RowBody>;
  board(): Board;
  readonly turns: Turns;
  /** Hears a person. `check` sees the first thought before anything follows from it. */
  say(utterance: Utterance, person: string, check?: CheckThought): Heard | { readonly refused: Refusal };
  /** What would be understood of a text that is not said yet. Keeps nothing, changes nothing. [G26] */
  draft(text: string, person: string): Thought;
  ask(question: string, params: unknown): Promise<Answer>;
  /** Resolves when the journal has written something just now; rejects with why it cannot. */
  probeJournal(): Promise<void>;
  backConnected(): boolean;
  /** Calls `listener` whenever the back is reached or lost, until the function it gives is called. [G28] */
  watchBack(listener: (isConnected: boolean) => void): () => void;
  waitingForBack(): number;
  waitingBytes(): number;
  /** What may be said next, by person. [G85] */
  readonly suggestions: Pick<Suggestions, "of" | "watch" | "counts">;
  /** How often what was asked again was known already, by cache. */
  caches(): Readonly<Record<"replies" | "utterances", CacheCounts>>;
  close(): void;
}

/** What a workspace is opened with. */
export interface WorkspaceDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly journal: Journal;
  readonly reflex: Reflex;
  /** A front model for what the reflex does not understand. @default none: the back reads it */
  readonly frontChannel?: FrontChannel | undefined;
}

/** When somebody other than the reflex replied to the newest utterance; 0 when nobody did. */
function otherReplyAtMs(board: Board): number {
  return (
    board.turns
      .values()
      .at(-1)
      ?.replies.findLast(({ by }) => by !== "reflex")?.atMs ?? 0
  );
}

/** One person in one workspace. */
interface Speaker {
  say(utterance: Utterance, check?: CheckThought): Heard | { readonly refused: Refusal };
  draft(text: string): Thought;
  readonly next: PersonNext;
}

/** How many utterances are known without asking the journal. */
const maxSaid = 1000;

/** How many people's dialogues are known; who comes back after them begins a new one. */
const maxPeople = 1000;

/** Opens a workspace: its board is rebuilt from the mirror, what waits for the back goes on its way. [G9] */
export async function openWorkspace(
  deps: WorkspaceDeps,
  options: {
    readonly id: string;
    readonly orchestratorUrl: string;
    readonly token: string;
    readonly contents: JournalContents;
  },
): Promise<Workspace> {
  const { journal, log } = deps;
  const { id } = options;
  const known = options.contents.mirrors.find((mirror) => mirror.workspace === id);
  const mirror = createMirrorLog({ journal }, id, known);
  let board = createBoard();
  let view = createBoardView(board);
  const turns = createTurns();

  const said = createBounded<SaidBefore>(maxSaid);
  const onRecorded = (answer: UtteranceAnswer, text: string, person: string): void => {
    said.set(answer.id, { text, answer });
    // An utterance that only was passed on is as far as its own reading.
    const cids = answer.commands.map((command) => command.cid);
    const passedOn = cids.length === 0 && answer.reply.state === "recorded";
    turns.follow(answer.id, answer.reply.state, passedOn ? [deriveCid(id, person, answer.id, 0)] : cids);
  };
  const onRefined = (answer: UtteranceAnswer): void =>
    turns.follow(
      answer.id,
      answer.reply.state,
      answer.commands.map((command) => command.cid),
    );
  for (const { person, text, answer, refined } of await journal.answers(id, maxSaid)) {
    onRecorded(JSON.parse(answer) as UtteranceAnswer, text, person);
    if (refined !== undefined) onRefined(JSON.parse(refined) as UtteranceAnswer);
  }
  for (let after = mirror.position().low - 1; after < mirror.position().head;) {
    const rows = await journal.read(id, after, 1000);
    for (const row of rows) {
      applyRow(board, row);
      turns.onRow(row);
    }
    after = rows.at(-1)?.seq ?? mirror.position().head;
  }

  const backWatchers = new Set<(isConnected: boolean) => void>();
  const back = openBackLink(
    {
      clock: deps.clock,
      random: deps.random,
      log,
      journal,
      mirror,
      onEvents: createOnEvent({ mirror, board: () => board, turns, log }),
      onRestart: () => {
        board = createBoard();
        view = createBoardView(board);
      },
      onRefused: (cid) => turns.onRefused(cid),
      onNote: ({ suggest }) => suggestions.onNote(suggest),
      onReached(isReached) {
        // Heard before somebody asks: a name must not be unknown because nobody looked.
        if (isReached) workflows.known();
        for (const watcher of backWatchers) watcher(isReached);
      },
    },
    {
      url: `${options.orchestratorUrl}?workspace=${encodeURIComponent(id)}`,
      token: options.token,
      workspace: id,
      waiting: options.contents.outbox
        .filter((entry) => entry.workspace === id)
        .map((entry) => ({ id: entry.id, body: JSON.parse(entry.body) as object })),
    },
  );
  const workflows = createWorkflowList({ clock: deps.clock, ask: (question, params) => back.ask(question, params) });

  const secondThought =
    deps.frontChannel &&
    createSecondThought({
      channel: deps.frontChannel,
      journal,
      log,
      workspace: id,
      context: () => boardContext(board),
      send: (outgoing) => back.send(outgoing),
      onRefined,
    });
  const waiting = (): number => back.waiting() + (secondThought?.held() ?? 0);

  const room = createOutboxRoom(() => ({ commands: waiting(), bytes: back.waitingBytes() }));

  const reflex = createReplyCache(deps.reflex, () => ({
    board,
    seq: board.seq,
    backConnected: back.status() === "open",
    workflows: workflows.known(),
  }));
  let knownHits = 0;
  let knownMisses = 0;
  const saidBefore = (utteranceId: string): SaidBefore | undefined => {
    const before = said.get(utteranceId);
    if (before === undefined) knownMisses += 1;
    else knownHits += 1;
    return before;
  };
  const suggestions = createSuggestions((person) => speakers.get(person)?.next);
  const openSpeaker = (person: string): Speaker => {
    const dialogue = createDialogue();
    let isOpen = false;
    const viewNow = (): View =>
      view({
        nowMs: deps.clock.nowMs(),
        backConnected: back.status() === "open",
        utcOffsetMinutes: -new Date(deps.clock.nowMs()).getTimezoneOffset(),
        workflows: workflows.known(),
        workflowsHeard: workflows.isHeard(),
        dialogue: dialogue.view(deps.clock.nowMs(), () => otherReplyAtMs(board)),
      });
    const next = createPersonNext({
      reflex,
      think: deps.reflex,
      nowMs: () => deps.clock.nowMs(),
      view: viewNow,
      otherReplyAtMs: () => otherReplyAtMs(board),
      onTaken: () => suggestions.onTaken(),
    });
    const say = createOnUtterance(
      {
        clock: deps.clock,
        reflex: next.reflex,
        journal,
        known: saidBefore,
        view: viewNow,
        onThought(thought, cids, atMs) {
          dialogue.onAnswer(thought, cids, atMs);
          // Who is asked something answers that, and what the back reads it may ask about.
          isOpen = thought.offers.length > 0 || thought.route === "back" || thought.reply.text.includes("?");
        },
        send: (outgoing) => back.send(outgoing),
        onRecorded: (answer, text) => onRecorded(answer, text, person),
        reserve: (commands, bytes) => room.reserve(commands, bytes),
        ...(secondThought === undefined ? {} : { secondThought }),
      },
      { workspace: id, person },
    );
    const sayNext: Speaker["say"] = (utterance, check) => {
      isOpen = false;
      // Said again by a page that came back: nobody has gone on.
      const isRepeat = said.get(utterance.id) !== undefined;
      const heard = say(utterance, check);
      if ("refused" in heard || isRepeat) return heard;
      suggestions.onTurn(utterance.id, person);
      next.heard(utterance.id, utterance.text, isOpen);
      return heard;
    };
    return { say: sayNext, draft: (text) => deps.reflex.answer(text, viewNow()), next };
  };
  // "Yes" is the answer to what this person was asked, not to what another one was.
  const speakers = createBounded<Speaker>(maxPeople);
  const speakerOf = (person: string): Speaker => {
    const before = speakers.get(person);
    if (before !== undefined) return before;
    const speaker = openSpeaker(person);
    speakers.set(person, speaker);
    return speaker;
  };

  return {
    id,
    eventLog: mirror,
    board: () => board,
    turns,
    say: (utterance, person, check) => speakerOf(person).say(utterance, check),
    draft: (text, person) => speakerOf(person).draft(text),
    ask: (question, params) => back.ask(question, params),
    probeJournal: () => journal.probe(deps.clock.nowMs()),
    backConnected: () => back.status() === "open",
    watchBack(listener) {
      backWatchers.add(listener);
      return () => void backWatchers.delete(listener);
    },
    suggestions,
    waitingForBack: waiting,
    waitingBytes: () => back.waitingBytes(),
    caches: () => ({ replies: reflex.counts(), utterances: { hits: knownHits, misses: knownMisses } }),
    close() {
      secondThought?.close();
      back.close();
    },
  };
}
