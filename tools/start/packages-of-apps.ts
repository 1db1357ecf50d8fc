import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Lists, for each app, the packages of this repository that it is made of, through others too. */
export function packagesOfApps(root: string, apps: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(apps.map((app) => [app, collect(root, `apps/${app}`, new Set<string>())]));
}

function collect(root: string, folder: string, seen: Set<string>): Set<string> {
  const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    const room = name.startsWith("@kingly/") ? name.slice("@kingly/".length) : undefined;
    if (room === undefined || seen.has(room)) continue;
    seen.add(room);
    collect(root, `packages/${room}`, seen);
  }
  return seen;
}
