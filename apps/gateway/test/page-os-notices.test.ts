import { createManualClock } from "@kingly/runtime/testing";
import { expect, test } from "vitest";
import { createOsNotices } from "../page/src/os-notices.ts";
import type { NoticePermission, OsNotice, OsNotices, Told } from "../page/src/os-notices.ts";
import type { Notice } from "../src/board/board.ts";

const completed = (seq: number, title = `Task ${seq}`): Notice => ({
  seq,
  kind: "complete",
  title,
  text: "",
  atMs: seq,
});

/** One browser: what its tabs share. */
function openBrowser(permission: NoticePermission = "granted") {
  const kept = new Map<string, string>([["kingly.notices", "on"]]);
  const clock = createManualClock();
  const shown: OsNotice[] = [];
  let mark: Told | undefined;
  const browser = {
    clock,
    shown,
    kept,
    lookedAt: false,
    openTab: (): OsNotices =>
      createOsNotices({
        clock,
        storage: { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) },
        moveMark: async (move) => void (mark = move(mark) ?? mark),
        isLookedAt: async () => browser.lookedAt,
        permission: () => permission,
        requestPermission: async () => permission,
        show: (notice) => void shown.push(notice),
      }),
  };
  return browser;
}

test("[G32] a completion is told once by all tabs, also when it comes again after a reload", async () => {
  const browser = openBrowser();
  const tabs = [browser.openTab(), browser.openTab()];
  for (const tab of tabs) tab.take("e1", completed(5));
  await browser.clock.advanceAsync(300);
  expect(browser.shown).toEqual([{ title: "Completed", body: "Task 5", seqs: [5] }]);
  const reloaded = browser.openTab();
  for (const seq of [4, 5, 6]) reloaded.take("e1", completed(seq));
  await browser.clock.advanceAsync(300);
  expect(browser.shown.map(({ seqs }) => seqs)).toEqual([[5], [6]]);
});

test("[G32] what ends together is told together, and another log begins anew", async () => {
  const browser = openBrowser();
  const tab = browser.openTab();
  for (const seq of [1, 2, 3, 4, 5]) tab.take("e1", completed(seq));
  await browser.clock.advanceAsync(300);
  expect(browser.shown).toEqual([
    { title: "5 things are completed", body: "Task 1\nTask 2\nTask 3\nand 2 more", seqs: [1, 2, 3, 4, 5] },
  ]);
  tab.take("e2", completed(2, "\u202eevil"));
  await browser.clock.advanceAsync(300);
  expect(browser.shown.at(-1)).toEqual({ title: "Completed", body: "evil", seqs: [2] });
});

test("[G32] nothing is told while a tab is looked at, and not later either", async () => {
  const browser = openBrowser();
  const tab = browser.openTab();
  browser.lookedAt = true;
  tab.take("e1", completed(1));
  await browser.clock.advanceAsync(300);
  browser.lookedAt = false;
  tab.take("e1", completed(1));
  tab.take("e1", { ...completed(2), kind: "error" });
  await browser.clock.advanceAsync(300);
  expect(browser.shown).toEqual([]);
});

test("[G32] it is off until a person turns it on, and says why it cannot be on", async () => {
  const browser = openBrowser();
  browser.kept.clear();
  const tab = browser.openTab();
  tab.take("e1", completed(1));
  await browser.clock.advanceAsync(300);
  expect([tab.isOn, browser.shown]).toEqual([false, []]);
  expect(await tab.turn(true)).toBeUndefined();
  expect(tab.isOn).toBe(true);
  await tab.turn(false);
  expect(tab.isOn).toBe(false);
  expect(await openBrowser("denied").openTab().turn(true)).toContain("blocked");
  expect(await openBrowser("unsupported").openTab().turn(true)).toContain("no notifications");
});
