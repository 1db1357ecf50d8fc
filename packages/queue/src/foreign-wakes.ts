import { closeSync, openSync, watch, writeSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { Clock, Log, Timer } from "@kingly/runtime";
import { errorText } from "./error-text.ts";

/** Wakes other processes of the same file, and hears them. */
export interface ForeignWakes {
  /** Tells the others, after this turn of the event loop, that there is something for them. */
  poke(): void;
  /** Begins to hear the others. */
  listen(): void;
  stop(): void;
}

/** How long after a write of anybody the table is looked at, in case its writer died before it could tell. */
const lateMs = 250;
/** How often the table is looked at when the folder cannot be watched. */
const backstopMs = 1000;

/** Creates the wakes of one file: a byte is written to `<file>-wake` after a commit, and the folder is watched. [Q46]
 *
 * Nothing polls. `heard` is called when another process, or this one, told of something; it must be cheap. */
export function createForeignWakes(
  deps: { readonly clock: Clock; readonly log: Log },
  path: string,
  heard: () => void,
): ForeignWakes {
  const file = resolve(path);
  const wakeName = `${basename(file)}-wake`;
  const walName = `${basename(file)}-wal`;
  let poked = false;
  let stopped = false;
  let late: Timer | undefined;
  let descriptor: number | undefined;
  let unwatch: (() => void) | undefined;

  const later = (afterMs: number, again: boolean): void => {
    if (stopped) return;
    late ??= deps.clock.setTimer(afterMs, () => {
      late = undefined;
      heard();
      if (again) later(afterMs, true);
    });
  };
  const watchFolder = (): (() => void) => {
    try {
      const watcher = watch(dirname(file), { persistent: false }, (_event, name) => {
        if (name === wakeName) heard();
        else if (name === walName) later(lateMs, false);
      });
      watcher.on("error", (thrown) => {
        watcher.close();
        deps.log.warn("the folder cannot be watched; looking every second", { error: errorText(thrown) });
        later(backstopMs, true);
      });
      return () => watcher.close();
    } catch (thrown) {
      deps.log.warn("the folder cannot be watched; looking every second", { error: errorText(thrown) });
      later(backstopMs, true);
      return () => {};
    }
  };
  const write = (): void => {
    poked = false;
    if (stopped) return;
    try {
      descriptor ??= openSync(`${file}-wake`, "w", 0o600);
      writeSync(descriptor, ".", 0);
    } catch (thrown) {
      // The others look at the table a little after the WAL was written, too.
      deps.log.warn("other processes could not be told of a job", { error: errorText(thrown) });
    }
  };
  return {
    poke() {
      if (poked || stopped) return;
      poked = true;
      // Once for all commits of this turn, and after the last of them.
      setImmediate(write);
    },
    listen() {
      if (!stopped) unwatch ??= watchFolder();
    },
    stop() {
      if (poked) write();
      stopped = true;
      unwatch?.();
      late?.cancel();
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}
