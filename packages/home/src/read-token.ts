import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { toDiskCode, toFileError } from "./home-error.ts";
import type { HomeError } from "./home-error.ts";
import type { Environment, Home } from "./resolve-home.ts";

const minChars = 16;
const maxChars = 512;

/** The token and where it came from, or why there is none. Errors never hold the token. */
export type TokenReading =
  | {
      readonly ok: true;
      readonly token: string;
      readonly from: "environment" | "file" | "created";
      /** True when others could read the file until now: tell the person to delete it for a new token. */
      readonly tightened: boolean;
    }
  | { readonly ok: false; readonly error: HomeError };

/** Reads the token of a home, or makes it: 32 random bytes, base64url, in a file of mode 0600. [H7][H8][H9][H10]
 *
 * `KINGLY_TOKEN` wins over the file. A token has 16 to 512 visible ASCII characters. Any number of processes that make
 * it at once end with the same one. A file that others may read is tightened to 0600; one that cannot be, or that
 * belongs to another user, or that is a symbolic link, is refused. Needs a home that `prepareHome` found good. */
export function readToken(home: Home, env: Environment): TokenReading {
  const given = env["KINGLY_TOKEN"];
  if (given !== undefined && given !== "") return checkToken(given, "KINGLY_TOKEN", "environment", false);
  try {
    const found = readTokenFile(home.tokenPath, "file");
    if (found !== undefined) return found;
    const created = createTokenFile(home.tokenPath);
    return readTokenFile(home.tokenPath, created ? "created" : "file") ?? fail("token_not_writable", home, "ENOENT");
  } catch (thrown) {
    return fail("token_not_writable", home, toDiskCode(thrown), thrown);
  }
}

function fail(code: "token_not_writable", home: Home, diskCode: string, thrown?: unknown): TokenReading {
  if (diskCode === "ELOOP") {
    return refuse("token_not_ours", `${home.tokenPath} is a symbolic link; delete it and start again.`);
  }
  const cause = thrown ?? Object.assign(new Error("the token was deleted while it was made"), { code: diskCode });
  return { ok: false, error: toFileError(code, home.tokenPath, "KINGLY_HOME", cause) };
}

function refuse(code: HomeError["code"], message: string): TokenReading {
  return { ok: false, error: { code, message } };
}

function checkToken(
  text: string,
  where: string,
  from: "environment" | "file" | "created",
  tightened: boolean,
): TokenReading {
  const token = text.trim();
  const mend = from === "environment" ? "set a longer one or leave it out" : "delete the file for a new one";
  if (token.length < minChars) {
    return refuse("token_too_short", `The token in ${where} is shorter than ${minChars} characters: ${mend}.`);
  }
  // It travels in a header and in the fragment of an address.
  if (token.length > maxChars || !/^[\x21-\x7e]+$/.test(token)) {
    return refuse(
      "token_malformed",
      `The token in ${where} must be ${minChars} to ${maxChars} visible ASCII characters without spaces: ${from === "environment" ? "set another one or leave it out" : mend}.`,
    );
  }
  return { ok: true, token, from, tightened };
}

function readTokenFile(path: string, from: "file" | "created"): TokenReading | undefined {
  let file: number;
  try {
    // Not to wait: opening a pipe would never return.
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (thrown) {
    if (toDiskCode(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return refuse("token_malformed", `${path} is not a file; move it away and start again.`);
    const userId = process.geteuid?.();
    // Whoever owns the file knows the token. Root reads everybody's files anyway.
    if (userId !== undefined && userId !== 0 && stat.uid !== userId) {
      return refuse("token_not_ours", `${path} belongs to another user; delete it and start again.`);
    }
    const open = userId !== undefined && (stat.mode & 0o077) !== 0;
    if (open && !tighten(file)) {
      return refuse("token_open_to_others", `Other users may read ${path}; run chmod 600 on it, or set KINGLY_TOKEN.`);
    }
    const bytes = Buffer.alloc(maxChars + 64);
    const length = readSync(file, bytes, 0, bytes.length, 0);
    return checkToken(bytes.toString("utf8", 0, length), path, from, open);
  } finally {
    closeSync(file);
  }
}

// Some disks (FAT, shared folders) take a chmod and do nothing: look again.
function tighten(file: number): boolean {
  try {
    fchmodSync(file, 0o600);
  } catch {
    return false;
  }
  return (fstatSync(file).mode & 0o077) === 0;
}

// A link appears whole or not at all, and only the first one does: nobody ever reads half a token or a second one.
function createTokenFile(path: string): boolean {
  const draft = `${path}.${randomBytes(9).toString("hex")}`;
  try {
    const file = openSync(draft, "wx", 0o600);
    try {
      writeSync(file, `${randomBytes(32).toString("base64url")}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    linkSync(draft, path);
    return true;
  } catch (thrown) {
    if (toDiskCode(thrown) === "EEXIST") return false;
    throw thrown;
  } finally {
    rmSync(draft, { force: true });
  }
}
