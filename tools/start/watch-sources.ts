import { existsSync, watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { join } from "node:path";
import { packagesOfApps } from "./packages-of-apps.ts";

/** What is told of changed sources. */
export interface WatchSourcesOptions {
  readonly root: string;
  readonly apps: readonly string[];
  /** The apps whose sources changed, or those of a package that they are made of. */
  onApps(names: readonly string[]): void;
  /** Something changed that the page may be built from. */
  onPage(): void;
  onFailure(message: string): void;
}

// An editor writes a file in several steps, and a checkout writes many.
const quietMs = 200;

/** Watches the sources of apps, packages and page. Changes that come close together are told once. */
export function watchSources(options: WatchSourcesOptions): { close(): void } {
  const { root } = options;
  const packages = packagesOfApps(root, options.apps);
  const rooms = [...new Set([...packages.values()].flatMap((names) => [...names]))];
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    const apps = [...changed].filter((name) => name !== pageName);
    changed.clear();
    if (apps.length > 0) options.onApps(apps);
    options.onPage();
  };
  const watchers: FSWatcher[] = [];
  const follow = (folder: string, names: readonly string[]): void => {
    if (!existsSync(join(root, folder))) return;
    const watcher = watch(join(root, folder), { recursive: true }, (_event, file) => {
      if (file !== null && /(^|[/\\])\.|~$/.test(file)) return;
      for (const name of names) changed.add(name);
      clearTimeout(timer);
      timer = setTimeout(tell, quietMs);
    });
    watcher.on("error", (error) => options.onFailure(`${folder} is not watched any more: ${error.message}`));
    watchers.push(watcher);
  };
  for (const app of options.apps) follow(`apps/${app}/src`, [app]);
  follow("apps/gateway/page", [pageName]);
  for (const room of rooms) {
    const users = options.apps.filter((app) => packages.get(app)?.has(room) === true);
    follow(`packages/${room}/src`, users);
  }
  return {
    close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

const pageName = "page";
