import type { Clock, Timer } from "@kingly/runtime";
import type { Notice } from "../../src/board/board.ts";
import { noticeWords } from "./announcer.ts";
import { visibleText } from "./visible-text.ts";

/** What the operating system is asked to show. `seqs` are the rows that it tells of. */
export interface OsNotice {
  readonly title: string;
  readonly body: string;
  readonly seqs: readonly number[];
}

/** Tells of completions outside of the page, to a person who looks elsewhere. */
export interface OsNotices {
  readonly isOn: boolean;
  /** Turns it on, if the browser lets us, or off. Resolves with why it is not on, or undefined. */
  turn(isOn: boolean): Promise<string | undefined>;
  /** A completion came. It is told once for all tabs of this browser, or never. [G32] */
  take(epoch: string, notice: Notice): void;
}

/** The last seq of a log that some tab of this browser has told of. */
export interface Told {
  readonly epoch: string;
  readonly seq: number;
}

/** What the browser lets the page do. */
export type NoticePermission = "granted" | "denied" | "default" | "unsupported";

/** What it needs of the browser. */
export interface OsNoticesDeps {
  readonly clock: Clock;
  readonly storage: Pick<Storage, "getItem" | "setItem">;
  /** Moves the mark of what was told, one tab after the other; resolves when it is kept. */
  moveMark(move: (told: Told | undefined) => Told | undefined): Promise<void>;
  /** Whether a tab of this browser is looked at now. */
  isLookedAt(): Promise<boolean>;
  permission(): NoticePermission;
  requestPermission(): Promise<NoticePermission>;
  show(notice: OsNotice): void;
}

const wishKey = "kingly.notices";

// Work that ends together is told together.
const gatherMs = 300;
const maxNamed = 3;

/** Creates them. What was told is written down before it is shown: after a crash it is not shown, never twice. [G32] */
export function createOsNotices(deps: OsNoticesDeps): OsNotices {
  const { storage } = deps;
  let waiting: { readonly epoch: string; readonly notice: Notice }[] = [];
  let timer: Timer | undefined;
  const isOn = (): boolean => storage.getItem(wishKey) === "on" && deps.permission() === "granted";

  const tell = async (): Promise<void> => {
    timer = undefined;
    const taken = waiting;
    waiting = [];
    const epoch = taken.at(-1)?.epoch ?? "";
    let fresh: readonly Notice[] = [];
    await deps.moveMark((told) => {
      const from = told?.epoch === epoch ? told.seq : 0;
      fresh = taken.filter((entry) => entry.epoch === epoch && entry.notice.seq > from).map(({ notice }) => notice);
      const last = fresh.at(-1);
      return last && { epoch, seq: last.seq };
    });
    if (fresh.length > 0 && isOn() && !(await deps.isLookedAt())) deps.show(toOsNotice(fresh));
  };
  return {
    get isOn() {
      return isOn();
    },
    async turn(next) {
      storage.setItem(wishKey, next ? "on" : "off");
      if (!next) return undefined;
      if (deps.permission() === "unsupported") return "This browser shows no notifications.";
      const permission = deps.permission() === "default" ? await deps.requestPermission() : deps.permission();
      return permission === "granted" ? undefined : "Notifications of this page are blocked in the browser's settings.";
    },
    take(epoch, notice) {
      if (notice.kind !== "complete") return;
      waiting.push({ epoch, notice });
      // A browser that keeps nothing (private windows of some) is not told outside.
      timer ??= deps.clock.setTimer(gatherMs, () => void tell().catch(() => {}));
    },
  };
}

function toOsNotice(notices: readonly Notice[]): OsNotice {
  const seqs = notices.map(({ seq }) => seq);
  const titles = notices.slice(0, maxNamed).map(({ title }) => visibleText(title));
  const rest = notices.length - titles.length;
  const title = notices.length === 1 ? noticeWords.complete : `${notices.length} things are completed`;
  return { title, body: titles.join("\n") + (rest > 0 ? `\nand ${rest} more` : ""), seqs };
}
