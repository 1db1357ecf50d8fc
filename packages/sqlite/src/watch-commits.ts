import { watch } from "node:fs";
import { basename, dirname } from "node:path";
import { setQuietTimer } from "./clock.ts";
import type { DatabaseClock, DatabaseTimer } from "./clock.ts";

// Several writes to the WAL make one commit; what comes within this time is asked about once.
const gatherMs = 5;

/** Calls `listener` after other connections committed, woken by the WAL file, without polling. Returns the end of it. [DB22]
 *
 * `dataVersion` changes exactly when somebody else committed. */
export function watchCommits(
  deps: { readonly clock: DatabaseClock; dataVersion(): number },
  path: string,
  listener: () => void,
): () => void {
  let last = deps.dataVersion();
  let timer: DatabaseTimer | undefined;
  let ended = false;
  const ask = (): void => {
    timer = undefined;
    if (ended) return;
    const now = deps.dataVersion();
    if (now === last) return;
    last = now;
    listener();
  };
  // The folder and not the file: the WAL may be made anew.
  const walName = `${basename(path)}-wal`;
  const watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
    if (name === walName) timer ??= setQuietTimer(deps.clock, gatherMs, ask);
  });
  // A folder that cannot be watched any more says nothing more; dataVersion() still tells.
  watcher.on("error", () => watcher.close());
  return () => {
    ended = true;
    timer?.cancel();
    watcher.close();
  };
}
