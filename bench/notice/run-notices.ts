import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { openBrowser } from "../../e2e/browser.ts";
import { openHouse, readLog, root, until } from "../../e2e/house.ts";
import type { House } from "../../e2e/house.ts";
import { buildPage } from "../../tools/start/build-page.ts";
import { createFollower } from "../fanout/open-follower.ts";
import { openVoice } from "../reply/open-voice.ts";

/** How many runs are completed, how fast, and what happens meanwhile. */
export interface NoticePlan {
  readonly completions: number;
  readonly perSecond: number;
  /** Reload, kill of the gateway, kill of the orchestrator, network away for 3 s, reload, ...: so many, evenly spread. */
  readonly disturbances: number;
}

/** What became of the completions. */
export interface NoticeReport {
  /** Runs that were begun, and rows in the log that complete one. */
  readonly begun: number;
  readonly completed: number;
  /** Without a card, ever. */
  readonly missing: number;
  /** Seqs of which two cards stood there at once. */
  readonly doubled: number;
  /** Cards of the end that are not the newest completions of the log, in order, each once. */
  readonly wrongAtEnd: number;
  /** Completions told by the operating system in a second browser, whose tabs nobody looks at; of which twice. */
  readonly toldOutside: number;
  readonly toldTwice: number;
  /** Milliseconds from the row's own time to the socket of a program, and to the card in the page. */
  readonly toSocketMs: readonly number[];
  readonly toCardMs: readonly number[];
}

const workflow = `
id: quick_note
name: Quick note
steps:
  - { id: pause, kind: wait, durationMs: 20 }
`;

const say = (id: string): string => JSON.stringify({ t: "say", id, text: "run the quick note workflow" });

// What the page keeps of them; older cards go.
const keptNotices = 200;

/** Runs a small workflow again and again; a real page and a program hear of each end. The page needs a Chromium. */
export async function runNotices(plan: NoticePlan): Promise<NoticeReport> {
  const house = await openHouse();
  const browser = await openBrowser();
  const toSocket = new Map<number, number>();
  const toCard = new Map<number, number>();
  const doubled = new Set<number>();
  try {
    const logPath = join(house.home, "page.log");
    const built = await buildPage({ root, logPath, signal: new AbortController().signal });
    if (built.state === "failed") throw new Error(`The page could not be built: ${built.why}`);
    mkdirSync(join(house.home, "workflows"), { recursive: true });
    writeFileSync(join(house.home, "workflows/quick_note.yaml"), workflow);
    // The same wish again and again: it shall not be asked back. [G27]
    writeFileSync(join(house.home, "kingly.config.json"), JSON.stringify({ askAgainMs: 0 }));
    await Promise.all([house.start("orchestrator"), house.start("gateway")]);
    await until("readiness", async () => (await house.fetch("/readyz")).status === 200 || undefined);

    // Where times are measured nothing else shall paint.
    const outside = plan.disturbances === 0 ? undefined : await openHiddenTabs(browser, house);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.exposeFunction(
      "tellCards",
      (cards: readonly (readonly [number, number])[], twice: readonly number[]) => {
        for (const [seq, atMs] of cards) if (!toCard.has(seq)) toCard.set(seq, atMs);
        for (const seq of twice) doubled.add(seq);
      },
    );
    await page.addInitScript(watchCards);
    await page.goto(`${house.url}/#token=${house.token}`);
    await isOpen(page);

    const where = { host: new URL(house.url).host, token: house.token, workspace: "default" };
    const begun = new Set<string>();
    const take = (text: string): void => {
      const frame = JSON.parse(text) as { readonly id?: string; readonly commands?: readonly unknown[] };
      if (frame.id !== undefined && (frame.commands?.length ?? 0) > 0) begun.add(frame.id);
    };
    let disturbed = 0;
    const connect = async (): Promise<(frame: string) => void> => {
      const onEvent = ({ n }: { readonly n: number }): void => void (toSocket.has(n) || toSocket.set(n, Date.now()));
      await (await createFollower({ kind: "gateway", ...where, onEvent })).come();
      const onFault = (): void => {};
      const voice = await openVoice({ kind: "kingly", ...where, index: 0, onText: take, onFault });
      // A gateway that has just come up does not know the workflows yet.
      await until("the workflow is known", async () => {
        const before = begun.size;
        voice.send(say(`try_${performance.now().toFixed(0)}`));
        await sleep(100);
        return begun.size > before || undefined;
      });
      return (frame) => voice.send(frame);
    };
    let send = await connect();
    const calmFrom: [number, number][] = [];
    const every = plan.disturbances === 0 ? Infinity : Math.ceil(plan.completions / (plan.disturbances + 1));
    for (let number = 0; number < plan.completions; number += 1) {
      await sleep(1000 / plan.perSecond);
      send(say(`run_${number}`));
      if (number % every !== every - 1) continue;
      // What was said is recorded before anybody is killed: the link's own outbox is not what is tried here.
      await sleep(200);
      const beganMs = Date.now();
      const kind = (["reload", "gateway", "orchestrator", "offline"] as const)[disturbed++ % 4];
      if (kind === "reload") await Promise.all([page.reload(), outside?.reload()]);
      else if (kind === "offline") {
        await Promise.all([context.setOffline(true), outside?.context.setOffline(true)]);
        await sleep(3000);
        await Promise.all([context.setOffline(false), outside?.context.setOffline(false)]);
      } else if (kind !== undefined) {
        await house.kill(kind);
        await house.start(kind);
        if (kind === "gateway") send = await connect();
      }
      await isOpen(page);
      await until("readiness", async () => (await house.fetch("/readyz")).status === 200 || undefined);
      await sleep(500);
      calmFrom.push([beganMs - 1000, Date.now()]);
    }
    await sleep(500);
    const ends = async (): Promise<ReadonlyMap<number, number>> => new Map(await readEnds(house));
    await until("all runs have ended", async () => (await ends()).size >= begun.size || undefined, 60_000);
    const completed = await ends();
    const newest = [...completed.keys()].slice(-keptNotices);
    await until("the newest card", () => toCard.has(newest.at(-1) ?? 0) || undefined);
    // What is told outside is gathered for 300 ms.
    await sleep(1000);
    const shown = await page
      .locator("[data-kind=complete]")
      .evaluateAll((cards) => cards.map((card) => Number(card.getAttribute("data-seq"))));
    const isCalm = (atMs: number): boolean => !calmFrom.some(([from, to]) => atMs >= from && atMs <= to);
    const waits = (arrived: ReadonlyMap<number, number>): number[] =>
      [...completed].flatMap(([seq, atMs]) =>
        isCalm(atMs) && arrived.has(seq) ? [(arrived.get(seq) ?? 0) - atMs] : [],
      );
    return {
      begun: begun.size,
      completed: completed.size,
      missing: [...completed.keys()].filter((seq) => !toCard.has(seq)).length,
      doubled: doubled.size,
      wrongAtEnd: newest.filter((seq, at) => shown[at] !== seq).length + Math.abs(shown.length - newest.length),
      toldOutside: outside?.told.size ?? 0,
      toldTwice: outside?.twice.size ?? 0,
      toSocketMs: waits(toSocket),
      toCardMs: waits(toCard),
    };
  } finally {
    await browser.close();
    await house.close();
  }
}

/** Runs in the page, before anything of its own: tells each card when it stands in the document, and cards of one row. */
function watchCards(): void {
  const tell = (globalThis as { tellCards?: (cards: [number, number][], twice: number[]) => void }).tellCards;
  const seen = new Set<number>();
  new MutationObserver(() => {
    const cards: [number, number][] = [];
    const twice: number[] = [];
    const now = new Set<number>();
    for (const card of document.querySelectorAll("[data-kind=complete]")) {
      const seq = Number(card.getAttribute("data-seq"));
      if (now.has(seq)) twice.push(seq);
      now.add(seq);
      if (!seen.has(seq)) cards.push([seq, Date.now()]);
      seen.add(seq);
    }
    if (cards.length + twice.length > 0) tell?.(cards, twice);
  }).observe(document, { childList: true, subtree: true });
}

/** Opens two tabs of one browser that nobody looks at, and counts what each asks the operating system to show. */
async function openHiddenTabs(
  browser: Browser,
  house: House,
): Promise<{
  readonly context: BrowserContext;
  readonly told: ReadonlySet<number>;
  readonly twice: ReadonlySet<number>;
  reload(): Promise<void>;
}> {
  const told = new Set<number>();
  const twice = new Set<number>();
  const context = await browser.newContext();
  await context.exposeFunction("tellNotice", (seqs: readonly number[]) => {
    for (const seq of seqs) (told.has(seq) ? twice : told).add(seq);
  });
  await context.addInitScript(hideAndListen);
  const pages = [await context.newPage(), await context.newPage()];
  for (const page of pages) {
    await page.goto(`${house.url}/#token=${house.token}`);
    await isOpen(page);
  }
  const [first] = pages;
  return {
    context,
    told,
    twice,
    async reload() {
      await first?.reload();
    },
  };
}

/** Runs in a page before anything of its own: nobody looks at it, and its notifications are counted, not shown. */
function hideAndListen(): void {
  const tell = (globalThis as { tellNotice?: (seqs: readonly number[]) => void }).tellNotice;
  Object.defineProperty(document, "hidden", { get: () => true });
  localStorage.setItem("kingly.notices", "on");
  class CountedNotification extends EventTarget {
    static readonly permission = "granted";
    constructor(_title: string, options: { readonly data?: readonly number[] }) {
      super();
      tell?.(options.data ?? []);
    }
  }
  Object.defineProperty(globalThis, "Notification", { value: CountedNotification });
}

async function isOpen(page: Page): Promise<void> {
  const badge = page.getByTestId("connection");
  await until("the page is connected", async () => (await badge.getAttribute("data-status")) === "open" || undefined);
}

async function readEnds(house: House): Promise<readonly (readonly [number, number])[]> {
  const rows = (await readLog(house)) as readonly {
    readonly seq: number;
    readonly line: string;
    readonly at?: number;
  }[];
  return rows.filter(({ line }) => /^tc#\w+:run_/.test(line)).map(({ seq, at }) => [seq, at ?? 0] as const);
}
