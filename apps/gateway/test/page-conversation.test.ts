import { formatEvent } from "@kingly/codec";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAnnouncer } from "../page/src/announcer.ts";
import { createConversation } from "../page/src/conversation.ts";
import type { Conversation } from "../page/src/conversation.ts";
import { beginOwnTurn, withReply } from "../page/src/own-turn.ts";
import { boardOf, readRow } from "../page/src/snapshot.ts";
import { timeline } from "../page/src/timeline.ts";
import type { TurnView } from "../page/src/turn-view.ts";
import { applyRow } from "../src/board/apply-row.ts";
import { createBoard } from "../src/board/board.ts";
import type { Board, LogRow } from "../src/board/board.ts";

const id = "u-1";
const text = "create auth system";
const answer = "I'll create the task “Auth system”.";
const cid = "C1";
const logged: readonly LogRow[] = [
  row(1, formatEvent({ op: "utterance_recorded", utterance_id: id, text, at: 1_000 }), "C0"),
  row(
    2,
    formatEvent({ op: "reply", utterance_id: id, text: answer, by: "reflex", state: "recorded", at: 1_001 }),
    "C0",
  ),
  row(3, formatEvent({ op: "task_described", task_id: "t1", title: "Auth system" }), cid),
  row(4, formatEvent({ op: "status_update", entity_id: "t1", status: "queued", progress: 0 }), cid),
  row(5, formatEvent({ op: "status_update", entity_id: "t1", status: "running", progress: 0.5 }), cid),
  row(
    6,
    formatEvent({ op: "reply", utterance_id: id, text: "All done.", by: "orchestrator", state: "recorded", at: 1_400 }),
  ),
  row(7, formatEvent({ op: "status_update", entity_id: "t1", status: "completed", progress: 1 }), cid),
  row(8, formatEvent({ op: "task_complete", task_id: "t1", result: "success" }), cid),
];

function row(seq: number, line: string, cid?: string): LogRow {
  return { seq, line, at: 1_000 + seq, ...(cid === undefined ? {} : { cid }) };
}

const body = (state: string): object => ({
  reply: { text: answer, by: "reflex", state },
  commands: [{ cid, line: `tc#${cid}:Auth system` }],
});

/** A page: its board and its conversation, fed as the page feeds them. */
function openPage(): {
  board: Board;
  conversation: Conversation;
  tell(rows: readonly LogRow[]): boolean;
  turns(): readonly TurnView[];
} {
  const board = createBoard();
  const conversation = createConversation();
  return {
    board,
    conversation,
    tell(rows) {
      let moved = false;
      for (const told of rows) {
        if (told.seq <= board.seq) continue;
        applyRow(board, told);
        moved = conversation.takeRow(told) || moved;
      }
      return moved;
    },
    turns: () => conversation.views(board.turns.values()),
  };
}
const only = (page: ReturnType<typeof openPage>): TurnView => {
  expect(page.turns()).toHaveLength(1);
  return page.turns()[0] as TurnView;
};

describe("the turns of the page", () => {
  test("[G15] an utterance is one turn from the first moment, and its reply stays one through all its states", () => {
    const page = openPage();
    page.conversation.say(id, text, 900);
    expect(only(page)).toMatchObject({ text, state: "sending", replies: [] });
    page.conversation.takeReply(id, body("heard"), 901);
    expect(only(page)).toMatchObject({ state: "heard", replies: [{ text: answer, by: "reflex" }] });
    page.conversation.takeReply(id, body("recorded"), 902);
    page.tell(logged.slice(0, 2));
    expect(only(page)).toMatchObject({ state: "recorded", atMs: 900 });
    expect(only(page).replies.map((reply) => reply.text)).toEqual([answer]);
  });

  test("[G15] what the orchestrator adds is a further reply, each once, in order", () => {
    const page = openPage();
    page.conversation.say(id, text, 900);
    page.conversation.takeReply(id, body("recorded"), 902);
    page.tell(logged);
    page.tell(logged);
    expect(only(page).replies.map(({ by, text }) => [by, text])).toEqual([
      ["reflex", answer],
      ["orchestrator", "All done."],
    ]);
  });

  test("a turn with commands is as far as its commands, whatever was said meanwhile", () => {
    const page = openPage();
    page.conversation.say(id, text, 900);
    page.conversation.takeReply(id, body("recorded"), 902);
    const states = logged.map((told) => {
      page.tell([told]);
      return only(page).state;
    });
    page.tell([row(9, formatEvent({ op: "reply", utterance_id: id, text: "?", by: "orchestrator", state: "failed" }))]);
    expect(only(page).state).toBe("done");
    expect(states).toEqual(["recorded", "recorded", "recorded", "accepted", "running", "running", "done", "done"]);
  });

  test("[G15] a turn of another tab is shown once, and asks for its state when a command of others moves", () => {
    const page = openPage();
    expect(page.tell(logged.slice(0, 3))).toBe(false);
    expect(only(page)).toMatchObject({ state: "recorded", replies: [{ text: answer }] });
    expect(page.tell(logged.slice(3, 4))).toBe(true);
    page.conversation.takeStates([{ utteranceId: id, state: "accepted" }]);
    expect(only(page).state).toBe("accepted");
    page.conversation.takeStates([{ utteranceId: id, state: "nonsense" }]);
    expect(only(page).state).toBe("accepted");
    const again = row(99, formatEvent({ op: "status_update", entity_id: "t1", status: "queued", progress: 0.1 }), cid);
    expect(page.conversation.takeRow(again)).toBe(false);
  });

  test("a turn that the back reads is as far as its own status, also in another tab", () => {
    const read = [
      row(1, formatEvent({ op: "utterance_recorded", utterance_id: id, text, at: 1_000 }), "C0"),
      row(
        2,
        formatEvent({ op: "reply", utterance_id: id, text: answer, by: "reflex", state: "recorded", at: 1_001 }),
        "C0",
      ),
      row(3, formatEvent({ op: "status_update", entity_id: id, status: "queued", progress: 0 }), "C0"),
      row(
        4,
        formatEvent({ op: "reply", utterance_id: id, text: "It is Monday.", by: "orchestrator", state: "done" }),
        "C0",
      ),
      row(5, formatEvent({ op: "status_update", entity_id: id, status: "completed", progress: 1 }), "C0"),
    ];
    for (const isOwn of [true, false]) {
      const page = openPage();
      if (isOwn) page.conversation.say(id, text, 900);
      if (isOwn) page.conversation.takeReply(id, { reply: { text: answer, by: "reflex", state: "heard" } }, 901);
      expect(page.tell(read.slice(0, 3))).toBe(false);
      expect(only(page).state).toBe("accepted");
      page.tell(read);
      expect(only(page).state).toBe("done");
      expect(only(page).replies).toHaveLength(2);
    }
  });

  test("the status of a turn that comes late, from the log or a snapshot, takes nothing back", () => {
    const status = (seq: number, status: string): LogRow =>
      row(seq, formatEvent({ op: "status_update", entity_id: id, status }), "C0");
    const page = openPage();
    page.conversation.say(id, text, 900);
    page.tell([status(1, "running"), status(2, "queued")]);
    expect(only(page).state).toBe("running");
    page.conversation.takeStates([{ utteranceId: id, state: "recorded" }]);
    expect(only(page).state).toBe("running");
  });

  test("a refused turn is over and says why; one that could not be kept is gone", () => {
    const page = openPage();
    page.conversation.say(id, text, 900);
    page.conversation.refuse(id, { message: "The disk is full.", hint: "Free space." });
    expect(only(page)).toMatchObject({ state: "failed", refusal: { message: "The disk is full." } });
    expect(page.conversation.sending()).toBe(0);
  });

  test("frames of another shape change nothing", () => {
    const page = openPage();
    page.conversation.say(id, text, 900);
    for (const strange of [{}, { reply: null }, { reply: { text: 1, state: "heard" } }, { reply: { text: "x" } }]) {
      page.conversation.takeReply(id, strange, 901);
    }
    page.conversation.takeState(id, "sideways");
    expect(only(page)).toMatchObject({ state: "sending", replies: [] });
    page.conversation.takeReply(id, { reply: { text: "x", state: "heard" }, commands: [null, 3, { cid: 4 }] }, 901);
    expect(only(page)).toMatchObject({ state: "heard", replies: [{ by: "kingly" }] });
  });

  test("a turn is the same object until it changes, so that only what changed is painted", () => {
    const page = openPage();
    page.conversation.say(id, text, 900);
    const before = only(page);
    page.conversation.say("u-2", "status", 950);
    expect(page.turns()[0]).toBe(before);
    page.conversation.takeState(id, "heard");
    expect(page.turns()[0]).not.toBe(before);
  });

  test("[G15] in whatever order frames and events come, however often, nothing is shown twice and no state goes back", () => {
    type Step = (page: ReturnType<typeof openPage>) => void;
    const steps: readonly Step[] = [
      (page) => page.conversation.takeReply(id, body("heard"), 901),
      (page) => page.conversation.takeReply(id, body("recorded"), 902),
      ...["recorded", "accepted", "running", "done"].map(
        (state): Step =>
          (page) =>
            page.conversation.takeState(id, state),
      ),
      ...logged.map(
        (_, index): Step =>
          (page) =>
            void page.tell(logged.slice(0, index + 1)),
      ),
    ];
    const order = ["sending", "heard", "recorded", "accepted", "running", "done"];
    fc.assert(
      fc.property(fc.boolean(), fc.array(fc.nat(steps.length - 1), { maxLength: 40 }), (isOwn, picks) => {
        const page = openPage();
        if (isOwn) page.conversation.say(id, text, 900);
        let last = -1;
        for (const pick of [...picks, 1, steps.length - 1]) {
          steps[pick]?.(page);
          const turns = page.turns();
          expect(turns.length).toBeLessThanOrEqual(1);
          const [turn] = turns;
          if (turn === undefined) continue;
          const keys = turn.replies.map((reply) => `${reply.by} ${reply.text}`);
          expect(new Set(keys).size).toBe(keys.length);
          expect(order.indexOf(turn.state)).toBeGreaterThanOrEqual(last);
          last = order.indexOf(turn.state);
        }
        expect(only(page).replies).toHaveLength(2);
        expect(page.board.notices.size).toBe(1);
      }),
    );
  });
});

describe("a turn that was said here", () => {
  test("[G15] keeps one reply for the same words, with its newest state", () => {
    const said = beginOwnTurn(id, text, 900);
    const news = { text: answer, by: "reflex", cids: [] };
    const heard = withReply(said, { ...news, state: "heard" }, 901);
    expect(withReply(heard, { ...news, state: "done" }, 950).replies).toEqual([
      { text: answer, by: "reflex", state: "done", atMs: 901 },
    ]);
  });
});

describe("the timeline", () => {
  test("[G15] each event is one card, by its time, also when it is told again after a snapshot", () => {
    const page = openPage();
    page.tell(logged);
    const snapshot = {
      epoch: "e",
      seq: page.board.seq,
      tasks: page.board.tasks.values(),
      runs: page.board.runs.values(),
      memories: page.board.memories.values(),
      turns: page.board.turns.values().map((turn) => Object.assign({ state: "done" }, turn)),
      notices: page.board.notices.values(),
    };
    const board = boardOf(JSON.parse(JSON.stringify(snapshot)) as typeof snapshot);
    for (const told of logged) applyRow(board, told);
    const items = timeline(createConversation().views(board.turns.values()), board.notices.values());
    expect(items.map((item) => item.key)).toEqual(["turn-u-1", "notice-8"]);
    expect(board.turns.get(id)?.replies).toHaveLength(2);
  });

  test("[G15] an event that cannot be read keeps its place and shows nothing", () => {
    const page = openPage();
    page.tell([readRow(1, { strange: true }), readRow(2, { line: "zz:what", at: 5 })]);
    expect(page.board.seq).toBe(2);
    expect(timeline(page.turns(), page.board.notices.values())).toEqual([]);
  });
});

describe("what a screen reader hears", () => {
  test("[G15] each reply and each notice once, and nothing of what was there before", () => {
    const announcer = createAnnouncer();
    const page = openPage();
    page.tell(logged.slice(0, 2));
    announcer.learn(page.turns(), page.board.notices.values());
    const news = (): string | undefined => announcer.news(page.turns(), page.board.notices.values());
    expect(news()).toBeUndefined();
    page.tell(logged.slice(2, 6));
    expect(news()).toBe("All done.");
    expect(news()).toBeUndefined();
    page.tell(logged);
    expect(news()).toBe("Completed: Auth system, success");
    expect(news()).toBeUndefined();
  });

  test("of many at once only the last three are said, and how many more there are", () => {
    const announcer = createAnnouncer();
    const page = openPage();
    for (const turn of ["a", "b", "c", "d", "e"]) {
      page.conversation.say(turn, turn, 1);
      page.conversation.takeReply(turn, { reply: { text: `${turn}!`, by: "reflex", state: "heard" } }, 2);
    }
    expect(announcer.news(page.turns(), [])).toBe("c! d! e! And 2 more.");
  });
});
