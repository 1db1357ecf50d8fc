import { createHmac } from "node:crypto";
import { ownerName } from "./door-person.ts";
import type { DoorPerson } from "./door-person.ts";
import { sameSecret } from "./same-secret.ts";

/** What the cookie depends on. */
export interface SessionCookieOptions {
  readonly token: string;
  readonly cookieName: string;
  readonly cookieMaxAgeMs: number;
  /** People with a token of their own, beside the owner of the house. */
  readonly people: readonly DoorPerson[];
}

// A clock that was set back must not end every session; a cookie from far ahead is one of a wrong clock.
const maxAheadMs = 24 * 60 * 60 * 1000;
const maxCandidates = 4;

/** Writes the Set-Cookie value of a session of `who` that begins at `nowMs`: `issuedAtMs.signature`, and between them
 * the name of whoever is not the owner. [D7][D23] */
export function writeSessionCookie(options: SessionCookieOptions, nowMs: number, who: string = ownerName): string {
  const issuedAtMs = String(Math.floor(nowMs));
  const maxAgeS = Math.floor(options.cookieMaxAgeMs / 1000);
  const person = options.people.find(({ name }) => name === who);
  const value = [issuedAtMs, ...(person === undefined ? [] : [who]), sign(options, issuedAtMs, person)].join(".");
  return `${options.cookieName}=${value}; Max-Age=${maxAgeS}; Path=/; HttpOnly; SameSite=Strict`;
}

/** Tells whose our cookie in a Cookie header is; `invalid`, or `none` when it has none of that name. [D7]
 *
 * Cookies of one host are shared by all its ports, so several of one name may come; up to four are tried. */
export function checkSessionCookie(
  options: SessionCookieOptions,
  header: string | undefined,
  nowMs: number,
): "none" | "invalid" | { readonly who: string } {
  const values = (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${options.cookieName}=`))
    .map((pair) => pair.slice(options.cookieName.length + 1));
  if (values.length === 0) return "none";
  for (const value of values.slice(0, maxCandidates)) {
    const who = whose(options, value, nowMs);
    if (who !== undefined) return { who };
  }
  return "invalid";
}

function whose(options: SessionCookieOptions, value: string, nowMs: number): string | undefined {
  const [, issuedAtMs, name, signature] = /^([1-9][0-9]{0,15})\.(?:([\w-]{1,32})\.)?([\w-]{43})$/.exec(value) ?? [];
  if (issuedAtMs === undefined || signature === undefined) return undefined;
  const person = options.people.find((one) => one.name === name);
  if (name !== undefined && person === undefined) return undefined;
  if (!sameSecret(signature, sign(options, issuedAtMs, person))) return undefined;
  const ageMs = nowMs - Number(issuedAtMs);
  return ageMs < options.cookieMaxAgeMs && ageMs > -maxAheadMs ? (name ?? ownerName) : undefined;
}

function sign(options: SessionCookieOptions, issuedAtMs: string, person: DoorPerson | undefined): string {
  // Whoever gets another token loses the sessions of the old one.
  const whose = person === undefined ? "" : `\n${person.name}\n${person.tokenSha256}`;
  const signed = `kingly-session-1\n${options.cookieName}\n${issuedAtMs}${whose}`;
  return createHmac("sha256", options.token).update(signed).digest("base64url");
}
