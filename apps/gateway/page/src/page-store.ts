import { formatCommand } from "@kingly/codec";
import type { Clock } from "@kingly/runtime";
import { createBoard } from "../../src/board/board.ts";
import { maxTextLength } from "../../src/check-utterance.ts";
import type { SuggestedNext } from "../../src/suggestions/read-suggest.ts";
import type { PersonCommand } from "../../src/person-command.ts";
import { createAnnouncer } from "./announcer.ts";
import type { Connection } from "./connection-words.ts";
import { createConversation } from "./conversation.ts";
import { createDraftPreview } from "./draft-preview.ts";
import { SignedOutError } from "./gateway-api.ts";
import type { GatewayApi } from "./gateway-api.ts";
import type { PageState } from "./page-state.ts";
import type { OsNotices } from "./os-notices.ts";
import type { OpenPageLink, PageLink } from "./page-link.ts";
import { createPageReadings } from "./page-readings.ts";
import type { PaintSchedule } from "./paint-schedule.ts";
import { runningSince } from "./running-since.ts";
import { noHouseNews } from "./house-news.ts";
import type { SessionOutbox } from "./session-outbox.ts";
import { boardOf } from "./snapshot.ts";
import type { Snapshot } from "./snapshot.ts";
import { takeRows } from "./take-rows.ts";
import { timeline } from "./timeline.ts";
import { isOver } from "./turn-view.ts";
import { noWorkflowNews } from "./workflow-news.ts";

/** What the page can do. */
export interface PageStore {
  state(): PageState;
  subscribe(listener: () => void): () => void;
  start(token: string | undefined): void;
  /** Says something. Returns in words why it was not taken, or undefined. */
  say(text: string): string | undefined;
  /** Does something by hand: the command is sent as it stands, the text says it in the conversation. [G22] */
  act(text: string, command: PersonCommand): string | undefined;
  /** The text in the field is another one; shown is what it would mean, if a person turned that on. [G26] */
  type(text: string): void;
  setPreview(isOn: boolean): void;
  /** Completions are told outside of the page while a person looks elsewhere, or no more. [G32] */
  setNotices(isOn: boolean): void;
  /** Asks once whether the orchestrator is there: on focus, or because a person wants to know. */
  lookAround(): void;
  /** The page is visible again, or hidden. */
  onVisible(isVisible: boolean): void;
}

/** What the store needs. */
export interface PageStoreDeps {
  readonly clock: Clock;
  readonly api: GatewayApi;
  readonly outbox: SessionOutbox;
  readonly openLink: OpenPageLink;
  readonly makeId: () => string;
  readonly isHidden: () => boolean;
  /** Whether this person wants to see what would be understood while they type. Off until they turn it on. */
  readonly previewWish: { get(): boolean; set(isOn: boolean): void };
  readonly notices: OsNotices;
  readonly schedule: (paint: () => void) => PaintSchedule;
}

// A gateway that has just come up has not met its orchestrator yet.
const settleMs = 1_500;
const retryMs = 2_000;

/** Creates the store: one board, one conversation, one link, and a paint for whatever changed. */
export function createPageStore(deps: PageStoreDeps): PageStore {
  const { clock, api, outbox } = deps;
  const conversation = createConversation();
  const announcer = createAnnouncer();
  const listeners = new Set<() => void>();
  let board = createBoard();
  let link: PageLink | undefined;
  let phase: PageState["phase"] = "starting";
  let connection: Connection = { status: "connecting" };
  let backAway: string | undefined;
  let unseen = 0;
  let preview: string | undefined;
  let isPreviewing = deps.previewWish.get();
  let next: SuggestedNext | undefined;
  let whyNoNotices: string | undefined;
  let epoch = "";
  let announcement = { turn: 0, text: "" };
  let since: ReadonlyMap<string, number> = new Map();
  let workflows = noWorkflowNews;
  let house = noHouseNews;
  let state = draw();

  function draw(): PageState {
    const turns = conversation.views(board.turns.values());
    const notices = board.notices.values();
    const tasks = board.tasks.values();
    const runs = board.runs.values();
    since = runningSince(since, [...tasks, ...runs]);
    const text = phase === "ready" ? announcer.news(turns, notices) : undefined;
    if (text !== undefined) announcement = { turn: announcement.turn + 1, text };
    return {
      phase,
      connection,
      backAway,
      timeline: timeline(turns, notices),
      tasks,
      runs,
      memories: board.memories.values(),
      workflows,
      house,
      runningSince: since,
      said: turns.map((turn) => turn.text),
      sending: conversation.sending(),
      announcement,
      preview: { isOn: isPreviewing, text: preview },
      notices: { isOn: deps.notices.isOn, why: whyNoNotices },
      // Of another turn than the newest it is no news any more, whoever said that one.
      next: next?.turn === turns.at(-1)?.utteranceId ? next : undefined,
      unseen,
    };
  }
  const { soon: paint, later: paintLater } = deps.schedule(() => {
    state = draw();
    for (const listener of listeners) listener();
  });

  const draft = createDraftPreview({
    clock,
    ask: async (text) => link?.ask("draft", { text }) ?? { ok: false, error: { code: "offline", message: "no link" } },
    show(text) {
      preview = text;
      paint();
    },
  });
  draft.turn(isPreviewing);

  const signOut = (): void => {
    phase = "signed-out";
    link?.close();
    paint();
  };
  /** Whatever rejects with a 401 ends the session; other failures are the caller's. */
  const guard = async <T>(promise: Promise<T>): Promise<T> => {
    try {
      return await promise;
    } catch (thrown) {
      if (thrown instanceof SignedOutError) signOut();
      throw thrown;
    }
  };
  const load = (snapshot: Snapshot): void => {
    board = boardOf(snapshot);
    epoch = snapshot.epoch;
    conversation.takeStates(snapshot.turns);
    announcer.learn(conversation.views(board.turns.values()), board.notices.values());
    readings.workflows();
    paint();
  };
  const readings = createPageReadings(
    { clock, api, guard },
    {
      onWorkflows(news) {
        workflows = news;
        paint();
      },
      onHouse(news) {
        house = news;
        backAway = news.whyBackIsAway;
        paint();
      },
      onStates(turns) {
        conversation.takeStates(turns);
        paint();
      },
    },
  );
  const lookAround = (): void => {
    if (connection.status === "open") readings.house();
  };
  const readStates = (): void => {
    if (conversation.views(board.turns.values()).some((turn) => !isOver(turn.state))) readings.states();
  };
  const openLink = (snapshot: Snapshot): void => {
    link = deps.openLink(
      { epoch: snapshot.epoch, seq: snapshot.seq },
      {
        onRows(rows) {
          backAway = undefined;
          const news = takeRows(rows, board, conversation, workflows.asks.length > 0);
          for (const notice of news.completions) {
            if (deps.isHidden()) unseen += 1;
            deps.notices.take(epoch, notice);
          }
          if (news.movesOthers) readStates();
          if (news.movesAsks) readings.workflows();
          if (news.isUrgent) paint();
          else paintLater();
        },
        async onResync() {
          load(await guard(api.board()));
          // The first resync of a new house is the gateway's first meeting with its orchestrator.
          lookAround();
        },
        onReply(id, body) {
          conversation.takeReply(id, body, clock.nowMs());
          paint();
        },
        onState(id, turnState) {
          conversation.takeState(id, turnState);
          paint();
        },
        onRefused(id, refusal) {
          conversation.refuse(id, refusal);
          paint();
        },
        onBack(isThere) {
          backAway = isThere ? undefined : "The orchestrator is not reached. Commands are kept until it is.";
          paint();
        },
        onSuggest(suggested) {
          next = suggested;
          paint();
        },
        onConnection(next) {
          connection = next;
          if (next.status === "open") clock.setTimer(settleMs, lookAround);
          // A refused handshake does not say why; a 401 of a plain request does.
          if (next.status === "waiting") void guard(api.checkSession()).catch(() => {});
          if (next.status === "closed") signOut();
          paint();
        },
      },
    );
  };
  const begin = async (token: string | undefined): Promise<void> => {
    try {
      if (token !== undefined) await guard(api.openSession(token));
      const snapshot = await guard(api.board());
      load(snapshot);
      phase = "ready";
      openLink(snapshot);
    } catch {
      if (phase === "signed-out") return;
      connection = { status: "waiting", retryAtMs: clock.nowMs() + retryMs };
      clock.setTimer(retryMs, () => void begin(token));
    }
    paint();
  };

  const send = (said: { readonly text: string; readonly command?: string }): string | undefined => {
    const { text } = said;
    if (text.length > maxTextLength) return `That is longer than ${maxTextLength} characters. Say it in parts.`;
    const id = deps.makeId();
    const kept = outbox.add(id, said);
    if (!kept.ok) return `${kept.error.message} ${kept.error.hint ?? ""}`.trim();
    conversation.say(id, text, clock.nowMs());
    void link?.say(id, said);
    paint();
    return undefined;
  };

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start(token) {
      for (const { id, text, atMs } of outbox.waiting()) conversation.say(id, text, atMs);
      void begin(token);
    },
    say: (text) => send({ text }),
    act: (text, command) => send({ text, command: formatCommand(command) }),
    type: (text) => draft.change(text),
    setPreview(isOn) {
      isPreviewing = isOn;
      deps.previewWish.set(isOn);
      draft.turn(isOn);
      paint();
    },
    setNotices(isOn) {
      void deps.notices.turn(isOn).then((why) => {
        whyNoNotices = why;
        paint();
      });
    },
    lookAround,
    onVisible(isVisible) {
      if (!isVisible) return;
      unseen = 0;
      link?.retryNow();
      lookAround();
      if (phase === "ready") readings.workflows();
      paint();
    },
  };
}
