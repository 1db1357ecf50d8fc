import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The settings file of a home as parsed JSON of any shape; without `file` there is none, and defaults hold. */
export type ConfigReading =
  | { readonly ok: true; readonly file?: { readonly path: string; readonly value: unknown } }
  | { readonly ok: false; readonly message: string };

/** Reads `kingly.config.json` of the home, else of the working folder. Each app checks its own part of it. [H16]
 *
 * A file that cannot be read is told in one sentence with its path and what to do. */
export function readConfigFile(homePath: string, cwd: string): ConfigReading {
  const path = [homePath, cwd].map((folder) => join(folder, "kingly.config.json")).find((file) => existsSync(file));
  if (path === undefined) return { ok: true };
  try {
    return { ok: true, file: { path, value: JSON.parse(readFileSync(path, "utf8")) } };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.replaceAll(/\s+/g, " ") : "unknown";
    return { ok: false, message: toConfigFault(path, ` cannot be read (${why})`) };
  }
}

/** Says in one sentence what is wrong with a settings file and what to do; `fault` follows the path. [H16] */
export function toConfigFault(path: string, fault: string): string {
  return `${path}${fault}; mend it, or move it away to start with the defaults.`;
}
