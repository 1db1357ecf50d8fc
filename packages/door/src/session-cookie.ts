import { createHmac } from "node:crypto";
import { sameSecret } from "./same-secret.ts";

/** What the cookie depends on. */
export interface SessionCookieOptions {
  readonly token: string;
  readonly cookieName: string;
  readonly cookieMaxAgeMs: number;
}

// A clock that was set back must not end every session; a cookie from far ahead is one of a wrong clock.
const maxAheadMs = 24 * 60 * 60 * 1000;
const maxCandidates = 4;

/** Writes the Set-Cookie value of a session that begins at `nowMs`: `issuedAtMs.signature`. [D7] */
export function writeSessionCookie(options: SessionCookieOptions, nowMs: number): string {
  const issuedAtMs = String(Math.floor(nowMs));
  const maxAgeS = Math.floor(options.cookieMaxAgeMs / 1000);
  const value = `${issuedAtMs}.${sign(options, issuedAtMs)}`;
  return `${options.cookieName}=${value}; Max-Age=${maxAgeS}; Path=/; HttpOnly; SameSite=Strict`;
}

/** Tells whether a Cookie header holds our cookie: `valid`, `invalid`, or `none` when it has none of that name. [D7]
 *
 * Cookies of one host are shared by all its ports, so several of one name may come; up to four are tried. */
export function checkSessionCookie(
  options: SessionCookieOptions,
  header: string | undefined,
  nowMs: number,
): "none" | "invalid" | "valid" {
  const values = (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${options.cookieName}=`))
    .map((pair) => pair.slice(options.cookieName.length + 1));
  if (values.length === 0) return "none";
  return values.slice(0, maxCandidates).some((value) => isValid(options, value, nowMs)) ? "valid" : "invalid";
}

function isValid(options: SessionCookieOptions, value: string, nowMs: number): boolean {
  const [, issuedAtMs, signature] = /^([1-9][0-9]{0,15})\.([\w-]{43})$/.exec(value) ?? [];
  if (issuedAtMs === undefined || signature === undefined) return false;
  if (!sameSecret(signature, sign(options, issuedAtMs))) return false;
  const ageMs = nowMs - Number(issuedAtMs);
  return ageMs < options.cookieMaxAgeMs && ageMs > -maxAheadMs;
}

function sign(options: SessionCookieOptions, issuedAtMs: string): string {
  const signed = `kingly-session-1\n${options.cookieName}\n${issuedAtMs}`;
  return createHmac("sha256", options.token).update(signed).digest("base64url");
}
