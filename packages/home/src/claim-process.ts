import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toDiskCode, toFileError } from "./home-error.ts";
import type { HomeError } from "./home-error.ts";
import { processIsAlive, toProcessStart } from "./process-is-alive.ts";
import type { Home } from "./resolve-home.ts";

/** The claim, to be released at the end; or who holds it, or why it could not be made. */
export type ProcessClaim =
  | {
      readonly ok: true;
      /** Gives the claim back; again, or after another process took over, it does nothing. */
      release(): void;
    }
  | { readonly ok: false; readonly error: HomeError & { readonly pid?: number } };

interface Holder {
  /** Unique for every claim ever made, so that nobody mistakes a new holder for a dead one. */
  readonly id: string;
  readonly pid: number;
  readonly start: string;
}

const maxAttempts = 100;

/** Makes this process the only one called `name` (`gateway`) in a home, until `release` or its death. [H11][H12][H14]
 *
 * `run/<name>.pid` reads as the pid. It is a symbolic link, made in one step, to a file whose name notes pid, start and
 * chance. A holder proved dead is replaced. Several that find it dead first race for a link named after the dead claim;
 * only its owner may replace the pid file. Errors: `already_running` with `pid`, `bad_name`, `home_not_writable`. */
export function claimProcess(home: Home, name: string): ProcessClaim {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(name)) {
    return failed({
      code: "bad_name",
      message: "A process name is 1 to 32 of a-z, 0-9 and -, beginning with a letter.",
    });
  }
  const at = (file: string): string => join(home.runPath, file);
  const pidPath = at(`${name}.pid`);
  const id = `${name}.${process.pid}.${toProcessStart(process.pid)}.${randomBytes(6).toString("hex")}.claim`;
  try {
    writeFileSync(at(id), `${process.pid}\n`, { flag: "wx", mode: 0o600 });
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      if (tryLink(id, pidPath)) return { ok: true, release: () => release(pidPath, at(id), id) };
      const holder = readHolder(pidPath);
      if (holder === undefined) continue;
      const living = isAlive(holder) ? holder : takeOver(at, name, id, holder);
      if (living === "taken") return { ok: true, release: () => release(pidPath, at(id), id) };
      if (living === "again") continue;
      rmSync(at(id), { force: true });
      const message = `A ${name} already runs here with pid ${living.pid}; stop it, or set KINGLY_HOME to another folder.`;
      return failed({ code: "already_running", pid: living.pid, message });
    }
    rmSync(at(id), { force: true });
    return failed({ code: "claim_failed", message: `Too many processes want ${pidPath} at once; start one again.` });
  } catch (thrown) {
    rmSync(at(id), { force: true });
    return failed(toFileError("home_not_writable", pidPath, "KINGLY_HOME", thrown));
  }
}

/** Replaces a dead holder. `again`: somebody else changed something, look anew. A holder: it lives and is faster. */
function takeOver(at: (file: string) => string, name: string, id: string, dead: Holder): Holder | "taken" | "again" {
  const pidPath = at(`${name}.pid`);
  const marks: string[] = [];
  const gone = [dead];
  // Whoever takes over may die half way: its mark is then taken over in the same manner.
  for (let last = dead; ;) {
    const mark = at(`${last.id}.taken`);
    marks.push(mark);
    if (tryLink(id, mark)) break;
    const rival = readHolder(mark);
    if (rival === undefined || gone.length > maxAttempts) return "again";
    if (isAlive(rival)) return rival;
    gone.push(rival);
    last = rival;
  }
  try {
    // Everybody who replaces this dead holder has its mark while doing so: still there means ours to replace.
    if (readHolder(pidPath)?.id !== dead.id) return "again";
    const draft = at(`${id}.draft`);
    symlinkSync(id, draft);
    renameSync(draft, pidPath);
    for (const mark of marks) rmSync(mark, { force: true });
    for (const holder of gone) if (holder.id.endsWith(".claim")) rmSync(at(holder.id), { force: true });
    return "taken";
  } finally {
    rmSync(marks.at(-1) ?? "", { force: true });
  }
}

function isAlive(holder: Holder): boolean {
  return processIsAlive(holder.pid, holder.start);
}

function tryLink(target: string, path: string): boolean {
  try {
    symlinkSync(target, path);
    return true;
  } catch (thrown) {
    if (toDiskCode(thrown) === "EEXIST") return false;
    throw thrown;
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const id = readlinkSync(path);
    const [, pid, start] = /^[a-z0-9-]+\.([0-9]+)\.([a-z0-9_]+)\.[0-9a-f]+\.claim$/.exec(id) ?? [];
    // A link of another make points at nobody: it is dead, and named after its target.
    if (pid === undefined || start === undefined) return { id: toForeignId(id), pid: 0, start: "unknown" };
    return { id, pid: Number(pid), start };
  } catch (thrown) {
    const code = toDiskCode(thrown);
    if (code === "ENOENT") return undefined;
    // EINVAL: a plain file. Another tool's pid file holds a number; anything else is rubbish after a power cut.
    if (code !== "EINVAL") throw thrown;
  }
  try {
    const text = readFileSync(path, "utf8");
    const pid = Number(/^\s*([0-9]{1,10})\s*$/.exec(text)?.[1] ?? 0);
    // Our own pid in a file that we did not write is an older process that had it.
    return { id: toForeignId(text), pid: pid === process.pid ? 0 : pid, start: "unknown" };
  } catch (thrown) {
    if (toDiskCode(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}

function toForeignId(text: string): string {
  return `foreign-${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
}

function release(pidPath: string, claimPath: string, id: string): void {
  if (readHolder(pidPath)?.id === id) rmSync(pidPath, { force: true });
  rmSync(claimPath, { force: true });
}

function failed(error: HomeError & { readonly pid?: number }): ProcessClaim {
  return { ok: false, error };
}
