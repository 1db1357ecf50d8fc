import type { IncomingMessage } from "node:http";
import { personOfToken } from "./door-person.ts";
import { refusals } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";
import { checkSessionCookie } from "./session-cookie.ts";
import type { SessionCookieOptions } from "./session-cookie.ts";

/** Who is let in. */
export interface AdmissionRules extends SessionCookieOptions {
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
}

/** The parts of a request that decide. `headersDistinct` keeps what was sent twice. */
export type Visitor = Pick<IncomingMessage, "headers" | "headersDistinct" | "method" | "url">;

/** Reads the address of a request, or undefined when its host is refused. `path: undefined`: it names nothing. [D2]
 *
 * The host is one of the allowed ones, exactly once; an absolute-form target (`GET http://host/`) must agree. */
export function readAddress(rules: AdmissionRules, visitor: Visitor): { readonly url: URL | undefined } | undefined {
  const hosts = visitor.headersDistinct["host"] ?? [];
  const host = hosts[0];
  if (host === undefined || hosts.length !== 1 || !rules.hosts.has(host)) return undefined;
  const target = visitor.url ?? "";
  const [absolute, authority] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(target) ?? [];
  if (authority !== undefined && !rules.hosts.has(authority)) return undefined;
  const rest = absolute === undefined ? target : target.slice(absolute.length);
  // Glued, not resolved against a base: `//evil/x` is a path of ours.
  const path = absolute === undefined || rest.startsWith("/") ? rest : `/${rest}`;
  return { url: path.startsWith("/") ? (URL.parse(`http://${host}${path}`) ?? undefined) : undefined };
}

/** Decides on Origin and token, in this order; the host was checked before. [D3][D4][D5][D6][D8] */
export function admit(
  rules: AdmissionRules,
  visitor: Visitor,
  place: { readonly isOpen: boolean; readonly isUpgrade: boolean },
  nowMs: number,
):
  | { readonly ok: true; readonly by: "bearer" | "cookie" | "open"; readonly who: string }
  | { readonly ok: false; readonly refusal: Refusal } {
  const origins = visitor.headersDistinct["origin"] ?? [];
  const origin = origins[0];
  if (origin !== undefined && (origins.length !== 1 || !rules.origins.has(origin))) {
    return { ok: false, refusal: refusals.origin };
  }
  if (place.isOpen) return { ok: true, by: "open", who: "" };

  const authorizations = visitor.headersDistinct["authorization"] ?? [];
  const bearer = /^Bearer +(\S+)$/i.exec(authorizations[0] ?? "")?.[1];
  if (bearer !== undefined) {
    const who = authorizations.length === 1 ? personOfToken(bearer, rules.token, rules.people) : undefined;
    return who === undefined ? { ok: false, refusal: refusals.token } : { ok: true, by: "bearer", who };
  }

  const cookie = checkSessionCookie(rules, visitor.headers.cookie, nowMs);
  // A browser adds the cookie by itself: without an Origin only what can be a page's own reading is served.
  if (origin === undefined && cookie !== "none" && (place.isUpgrade || !isOwnReading(visitor))) {
    return { ok: false, refusal: refusals.origin };
  }
  return typeof cookie === "string"
    ? { ok: false, refusal: refusals.token }
    : { ok: true, by: "cookie", who: cookie.who };
}

function isOwnReading(visitor: Visitor): boolean {
  const sites = visitor.headersDistinct["sec-fetch-site"] ?? [];
  const isReading = visitor.method === "GET" || visitor.method === "HEAD";
  return isReading && sites.every((site) => site === "same-origin" || site === "none");
}
