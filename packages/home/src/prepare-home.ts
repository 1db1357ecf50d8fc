import { randomBytes } from "node:crypto";
import { accessSync, chmodSync, constants, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { toDiskCode, toFileError } from "./home-error.ts";
import type { HomeError } from "./home-error.ts";
import type { Home } from "./resolve-home.ts";

/** Creates the folders of a home and proves that they can be written. [H5][H6]
 *
 * New folders get mode 0700 and `run` always has it; the mode of a home that was there already is left alone, because
 * it may hold other people's files. Errors: `home_not_writable`, `database_not_writable`, in one sentence. */
export function prepareHome(home: Home): { readonly ok: true } | { readonly ok: false; readonly error: HomeError } {
  for (const path of [home.path, home.runPath]) {
    try {
      makeFolder(path);
      if (path === home.runPath) chmodSync(path, 0o700);
      probe(path);
    } catch (thrown) {
      return { ok: false, error: toFileError("home_not_writable", path, "KINGLY_HOME", thrown) };
    }
  }
  try {
    const folder = dirname(home.databasePath);
    if (folder !== home.path) {
      makeFolder(folder);
      probe(folder);
    }
    checkFile(home.databasePath);
  } catch (thrown) {
    return { ok: false, error: toFileError("database_not_writable", home.databasePath, "KINGLY_DATABASE", thrown) };
  }
  return { ok: true };
}

// One folder at a time: Node's recursive mkdir never returns where a parent is there and takes none (/proc/x).
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (thrown) {
    const code = toDiskCode(thrown);
    if (code === "EEXIST" && statSync(path).isDirectory()) return;
    if (code !== "ENOENT" || existsSync(dirname(path)) || dirname(path) === path) throw thrown;
    makeFolder(dirname(path));
    mkdirSync(path, { mode: 0o700 });
  }
}

// Permission bits do not tell the whole truth (read-only mounts, access lists, quotas): only writing does.
function probe(folder: string): void {
  const path = join(folder, `.probe-${randomBytes(6).toString("hex")}`);
  try {
    writeFileSync(path, "writable\n", { flag: "wx", mode: 0o600 });
  } finally {
    rmSync(path, { force: true });
  }
}

function checkFile(path: string): void {
  try {
    if (statSync(path).isDirectory()) throw Object.assign(new Error(`${path} is a folder`), { code: "EISDIR" });
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (thrown) {
    if (toDiskCode(thrown) !== "ENOENT") throw thrown;
  }
}
