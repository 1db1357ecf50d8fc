import { watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { loadWorkflows } from "./load-workflows.ts";
import type { Workflows } from "./load-workflows.ts";

/** The workflows, read again after their files changed. */
export interface WatchedWorkflows {
  now(): Workflows;
  close(): void;
}

/** Loads the folders and watches them: an edited definition counts from the next start on; runs keep their own. [O9] */
export function watchWorkflows(folders: readonly string[], onLoaded: (workflows: Workflows) => void): WatchedWorkflows {
  let loaded: Workflows | undefined;
  const now = (): Workflows => {
    if (loaded === undefined) {
      loaded = loadWorkflows(folders);
      onLoaded(loaded);
    }
    return loaded;
  };
  const watchers: FSWatcher[] = [];
  for (const folder of folders) {
    try {
      const watcher = watch(folder, () => void (loaded = undefined));
      // A folder that is removed ends its watch; what was loaded stays.
      watcher.on("error", () => {});
      watchers.push(watcher);
    } catch {
      // A folder that is not there has nothing to watch.
    }
  }
  now();
  return {
    now,
    close() {
      for (const watcher of watchers) watcher.close();
    },
  };
}
