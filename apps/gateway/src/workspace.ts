import type { Answer, EventLog } from "@kingly/link";
import type { Reflex } from "@kingly/reflex";
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
import type { Heard, SaidBefore, UtteranceAnswer } from "./on-utterance.ts";
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
  say(utterance: Utterance): Heard | { readonly refused: Refusal };
  ask(question: string, params: unknown): Promise<Answer>;
  /** Resolves when the journal has written something just now; rejects with why it cannot. */
  probeJournal(): Promise<void>;
  backConnected(): boolean;
  waitingForBack(): number;
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

/** How many commands may wait for an orchestrator that is away. */
const maxWaiting = 100_000;

/** How many utterances are known without asking the journal. */
const maxSaid = 1000;

// Until there are accounts, everybody who has the token is this person.
const onlyPerson = "owner";

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
  const onRecorded = (answer: UtteranceAnswer, text: string): void => {
    said.set(answer.id, { text, answer });
    // An utterance that only was passed on is as far as its own reading.
    const cids = answer.commands.map((command) => command.cid);
    const passedOn = cids.length === 0 && answer.reply.state === "recorded";
    turns.follow(answer.id, answer.reply.state, passedOn ? [deriveCid(id, onlyPerson, answer.id, 0)] : cids);
  };
  const onRefined = (answer: UtteranceAnswer): void =>
    turns.follow(
      answer.id,
      answer.reply.state,
      answer.commands.map((command) => command.cid),
    );
  for (const { text, answer, refined } of await journal.answers(id, maxSaid)) {
    onRecorded(JSON.parse(answer) as UtteranceAnswer, text);
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

  const dialogue = createDialogue();
  const secondThought =
    deps.frontChannel &&
    createSecondThought({
      channel: deps.frontChannel,
      journal,
      log,
      workspace: id,
      context: () => boardContext(board),
      cid: (utteranceId, ordinal) => deriveCid(id, onlyPerson, utteranceId, ordinal),
      send: (outgoing) => back.send(outgoing),
      onRefined,
    });
  const waiting = (): number => back.waiting() + (secondThought?.held() ?? 0);

  const say = createOnUtterance(
    {
      clock: deps.clock,
      reflex: deps.reflex,
      journal,
      known: (utteranceId) => said.get(utteranceId),
      view: () =>
        view({
          nowMs: deps.clock.nowMs(),
          backConnected: back.status() === "open",
          utcOffsetMinutes: -new Date(deps.clock.nowMs()).getTimezoneOffset(),
          workflows: workflows.known(),
          dialogue: dialogue.view(deps.clock.nowMs(), () => otherReplyAtMs(board)),
        }),
      onThought: (thought, cids, atMs) => dialogue.onAnswer(thought, cids, atMs),
      send: (outgoing) => back.send(outgoing),
      onRecorded,
      room: () => maxWaiting - waiting(),
      ...(secondThought === undefined ? {} : { secondThought }),
    },
    { workspace: id, person: onlyPerson },
  );

  return {
    id,
    eventLog: mirror,
    board: () => board,
    turns,
    say,
    ask: (question, params) => back.ask(question, params),
    probeJournal: () => journal.probe(deps.clock.nowMs()),
    backConnected: () => back.status() === "open",
    waitingForBack: waiting,
    close() {
      secondThought?.close();
      back.close();
    },
  };
}
