import type { TextStorage } from "@kingly/link/browser";
import type { Clock } from "@kingly/runtime";
import { createOsNotices } from "./os-notices.ts";
import type { OsNotices } from "./os-notices.ts";
import { moveToldMark } from "./told-mark.ts";

const lookedAtLock = "kingly.looked-at";

/** Creates the notices over this browser: its notifications, its locks between tabs, its storage. [G32]
 *
 * A tab that is looked at holds a shared lock, so that the others know it, and loses it with its end, however it ends. */
export function createBrowserNotices(clock: Clock, storage: TextStorage): OsNotices {
  let letGo: (() => void) | undefined;
  const hold = (): void => {
    if (document.hidden || letGo !== undefined) return;
    const held = Promise.withResolvers<void>();
    letGo = held.resolve;
    void navigator.locks.request(lookedAtLock, { mode: "shared" }, () => held.promise);
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return hold();
    letGo?.();
    letGo = undefined;
  });
  hold();
  return createOsNotices({
    clock,
    storage,
    moveMark: moveToldMark,
    async isLookedAt() {
      const { held = [] } = await navigator.locks.query();
      return held.some(({ name }) => name === lookedAtLock);
    },
    permission: () => (typeof Notification === "undefined" ? "unsupported" : Notification.permission),
    requestPermission: () => Notification.requestPermission(),
    show({ title, body, seqs }) {
      // The same rows told by a browser that came back replace each other instead of standing twice.
      const notification = new Notification(title, { body, tag: `kingly-${seqs.at(-1)}`, data: seqs });
      notification.addEventListener("click", () => {
        window.focus();
        notification.close();
      });
    },
  });
}
