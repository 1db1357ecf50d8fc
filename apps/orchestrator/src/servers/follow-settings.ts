import { watch } from "node:fs";
import type { ServerEntry, Servers } from "@kingly/mcp-batcher/servers";
import type { Clock, Log, Timer } from "@kingly/runtime";

/** What the settings say of servers now, or why they cannot be read. */
export type SettingsReading =
  | {
      readonly ok: true;
      readonly config: {
        readonly mcpServers: Readonly<Record<string, ServerEntry>>;
        readonly shippedServers?: readonly string[];
      };
    }
  | { readonly ok: false; readonly message: string };

/** Where settings come from, and where they may change. */
export interface SettingsSource {
  /** Folders in which the file may appear, change or go. */
  readonly folders: readonly string[];
  read(): SettingsReading;
}

/** The settings, followed. */
export interface FollowedSettings {
  /** What is wrong with the file now; undefined when it was last read well. */
  fault(): string | undefined;
  close(): void;
}

// An editor writes a file in several steps.
const settleMs = 200;
const fileName = "kingly.config.json";

/** Follows the settings file while we run: servers are added, removed and replaced as it says, without a restart; the
 * others go on as they are. A file that cannot be read changes nothing and is told. [O80] */
export function followSettings(
  deps: { readonly clock: Clock; readonly log: Log; readonly servers: Servers },
  source: SettingsSource,
  known: Readonly<Record<string, ServerEntry>>,
): FollowedSettings {
  const { clock, log, servers } = deps;
  let entries = known;
  let fault: string | undefined;
  let timer: Timer | undefined;
  let last: Promise<void> = Promise.resolve();
  let isClosed = false;

  const look = async (): Promise<void> => {
    const reading = source.read();
    if (!reading.ok) {
      if (fault !== reading.message)
        log.warn("the settings cannot be read; the servers stay as they are", { why: reading.message });
      fault = reading.message;
      return;
    }
    fault = undefined;
    const { mcpServers } = reading.config;
    const before = entries;
    entries = mcpServers;
    for (const name of Object.keys(before)) {
      if (Object.hasOwn(mcpServers, name)) continue;
      log.info("a server was taken out of the settings", { server: name });
      await servers.remove(name);
    }
    for (const [name, entry] of Object.entries(mcpServers)) {
      const old = Object.hasOwn(before, name) ? before[name] : undefined;
      if (JSON.stringify(old) === JSON.stringify(entry)) continue;
      log.info("the settings of a server are new", { server: name });
      if (old === undefined) servers.add(name, entry);
      else await servers.replace(name, entry);
      // What it can do, and what needs a person, is known before somebody calls it.
      servers.listTools(name).catch(() => {});
    }
  };
  const lookSoon = (): void => {
    timer?.cancel();
    timer = clock.setTimer(settleMs, () => {
      // One after the other: a server that ends slowly must not be overtaken by what was saved later.
      last = last.then(() => (isClosed ? undefined : look()));
    });
  };
  const watchers = source.folders.flatMap((folder) => {
    try {
      const watcher = watch(folder, { persistent: false }, (_, file) => {
        if (file === null || file === fileName) lookSoon();
      });
      watcher.on("error", () => watcher.close());
      return [watcher];
    } catch {
      // Where a disk cannot tell, the next start reads it all the same.
      return [];
    }
  });
  return {
    fault: () => fault,
    close() {
      isClosed = true;
      timer?.cancel();
      for (const watcher of watchers) watcher.close();
    },
  };
}
