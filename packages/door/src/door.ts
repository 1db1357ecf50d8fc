import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock, Log } from "@kingly/runtime";
import { admit, readAddress } from "./admission.ts";
import type { AdmissionRules } from "./admission.ts";
import { DoorError } from "./door-error.ts";
import { ownerName } from "./door-person.ts";
import type { DoorPerson } from "./door-person.ts";
import { parseJson } from "./parse-json.ts";
import { readBody } from "./read-body.ts";
import { refusals, toAnswer, toMethodRefusal, toSizeRefusal } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";
import { createRouteTable } from "./route-table.ts";
import type { DoorCall, DoorHeaders, Route } from "./route.ts";
import { securityHeaders } from "./security-headers.ts";
import { mayHaveBody, sendAnswer } from "./send-answer.ts";
import { writeSessionCookie } from "./session-cookie.ts";
import { writePlainAnswer } from "./write-plain-answer.ts";

/** A path that leaves HTTP, e.g. for WebSocket. */
export interface DoorUpgrade {
  /** The exact path, e.g. `/v1/link`. */
  readonly path: string;
  /** Takes a connection of `who` that passed every check; the socket is its own from then on. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, url: URL, who: string): void;
}

/** Who may come in, and to what. */
export interface DoorOptions {
  /** The secret of the house, at least 16 characters. */
  readonly token: string;
  /** Allowed Host values, compared exactly: `127.0.0.1:7700`. At least one. */
  readonly hosts: readonly string[];
  /** Allowed Origin values, compared exactly: `http://127.0.0.1:7700`. */
  readonly origins: readonly string[];
  readonly routes: readonly Route[];
  /** People with a token of their own. @default none: only the owner */
  readonly people?: readonly DoorPerson[];
  /** @default none */
  readonly upgrades?: readonly DoorUpgrade[];
  /** Bytes of a body, 0 or more. @default 65536 */
  readonly maxBodyBytes?: number;
  /** @default "kingly_session" */
  readonly cookieName?: string;
  /** Milliseconds that a session cookie is valid, 1,000 or more. @default 30 days */
  readonly cookieMaxAgeMs?: number;
  /** Headers of every answer; they win over the security headers. @default none */
  readonly headers?: DoorHeaders;
}

/** The door: give `handle` to `createServer` and `upgrade` to its `upgrade` event. */
export interface Door {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Returns the Set-Cookie value of a session of `who`, default the owner, that begins now. */
  sessionCookie(who?: string): string;
  /** Aborts the calls that run, ends their streams and refuses new ones with 503 `closing`. Again does nothing. */
  close(): void;
}

/** Creates the door of a loopback server: checks in one order, bounded bodies, one form of refusal. [D1]
 *
 * Order: host, origin, token, path, method, content type, size, JSON. Throws DoorError for a wrong option or route. */
export function createDoor(deps: { readonly log: Log; readonly clock: Clock }, options: DoorOptions): Door {
  const { log, clock } = deps;
  const { rules, maxBodyBytes } = resolveOptions(options);
  const table = createRouteTable(options.routes);
  const upgrades = new Map(options.upgrades?.map((upgrade) => [upgrade.path, upgrade]));
  const headers = securityHeaders(options.hosts, options.headers);
  const running = new Map<AbortController, ServerResponse>();
  let isClosed = false;

  const noteRefusal = (request: IncomingMessage, { code, status }: Refusal): void => {
    // Never the address or a header: they may hold secrets.
    const fields = { code, status, method: request.method, from: request.socket.remoteAddress };
    if (status === 401 || status === 403) log.warn("door: refused", fields);
    else log.debug("door: refused", fields);
  };
  const noteFailure = (request: IncomingMessage, thrown: unknown, place: string): void => {
    const why = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    log.error("door: a handler failed", { method: request.method, place, why });
  };

  /** Serves one request; returns why not, or nothing when it was answered or its client left. */
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<Refusal | undefined> => {
    const address = readAddress(rules, request);
    if (address === undefined) return refusals.host;
    const url = address.url;
    const match = url === undefined ? undefined : table.match(request.method ?? "", url.pathname);
    const isOpen = match?.found === "route" && match.route.open === true;
    const admission = admit(rules, request, { isOpen, isUpgrade: false }, clock.nowMs());
    if (!admission.ok) return admission.refusal;
    if (url === undefined || match === undefined || match.found === "nothing") return refusals.path;
    if (match.found === "other_method") return toMethodRefusal(match.allow);
    const { route, params } = match;

    const wantsJson = route.body === "json";
    if (wantsJson && !isJson(request)) return refusals.mediaType;
    let json: unknown;
    if (wantsJson || mayHaveBody(request)) {
      const body = await readBody(request, maxBodyBytes);
      if (!body.ok) return body.why === "too_large" ? toSizeRefusal(maxBodyBytes) : undefined;
      if (wantsJson) {
        const parsed = parseJson(body.bytes);
        if (!parsed.ok) return parsed.refusal;
        json = parsed.value;
      }
    }
    if (isClosed) return refusals.closing;
    const { by, who } = admission;
    await run(route, { request, response, url, params, by, who }, wantsJson ? { json } : {});
    return undefined;
  };

  const run = async (
    route: Route,
    call: Omit<DoorCall, "signal" | "json">,
    body: { readonly json?: unknown },
  ): Promise<void> => {
    const { request, response } = call;
    const leaving = new AbortController();
    running.set(leaving, response);
    response.once("close", () => {
      running.delete(leaving);
      if (!response.writableFinished) leaving.abort();
    });
    if (response.destroyed) leaving.abort();
    try {
      const answer = await route.handle({ ...call, ...body, signal: leaving.signal });
      if (answer !== "streamed") {
        sendAnswer(request, response, answer, clock);
      } else if (request.method === "HEAD") {
        // A stream has no end to wait for: its headers are the answer.
        response.end();
        leaving.abort();
      }
    } catch (thrown) {
      // Whoever aborted this call does not read its answer.
      if (leaving.signal.aborted) log.debug("door: a call ended early", { place: route.path });
      else noteFailure(request, thrown, route.path);
      refuse(request, response, isClosed && leaving.signal.aborted ? refusals.closing : refusals.internal);
    }
  };

  const refuse = (request: IncomingMessage, response: ServerResponse, refusal: Refusal): void => {
    if (response.writableEnded) return;
    if (response.headersSent || response.destroyed) {
      // Half an answer must not look whole.
      response.destroy();
      return;
    }
    // A handler may have set headers for the answer that it did not give.
    for (const name of response.getHeaderNames()) if (!headers.has(name)) response.removeHeader(name);
    for (const [name, value] of headers) response.setHeader(name, [value].flat());
    const answer = toAnswer(refusal);
    if (answer !== "streamed") sendAnswer(request, response, answer, clock);
  };

  return {
    handle(request, response) {
      for (const [name, value] of headers) response.setHeader(name, [value].flat());
      // A client that leaves is no fault of ours, and without a listener it would be an uncaught exception.
      request.on("error", () => {});
      response.on("error", () => {});
      const work = isClosed ? Promise.resolve(refusals.closing) : serve(request, response);
      work.then(
        (refusal) => {
          if (refusal === undefined) return;
          noteRefusal(request, refusal);
          refuse(request, response, refusal);
        },
        (thrown: unknown) => {
          noteFailure(request, thrown, "door");
          refuse(request, response, refusals.internal);
        },
      );
    },
    upgrade(request, socket, head) {
      const check = (): Refusal | undefined => {
        const address = readAddress(rules, request);
        if (address === undefined) return refusals.host;
        const admission = admit(rules, request, { isOpen: false, isUpgrade: true }, clock.nowMs());
        if (!admission.ok) return admission.refusal;
        const upgrade = address.url === undefined ? undefined : upgrades.get(address.url.pathname);
        if (upgrade === undefined || address.url === undefined) return refusals.path;
        if (request.method !== "GET") return toMethodRefusal(["GET"]);
        if (isClosed) return refusals.closing;
        upgrade.accept(request, socket, head, address.url, admission.who);
        return undefined;
      };
      try {
        const refusal = check();
        if (refusal === undefined) return;
        noteRefusal(request, refusal);
        writePlainAnswer(socket, toAnswer(refusal), headers);
      } catch (thrown) {
        noteFailure(request, thrown, "upgrade");
        socket.destroy();
      }
    },
    sessionCookie: (who) => writeSessionCookie(rules, clock.nowMs(), who),
    close() {
      isClosed = true;
      for (const [leaving, response] of running) {
        leaving.abort();
        if (response.headersSent) response.end();
      }
    },
  };
}

function isJson(request: IncomingMessage): boolean {
  const types = request.headersDistinct["content-type"] ?? [];
  const encoding = request.headers["content-encoding"] ?? "identity";
  const isType = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(types[0] ?? "");
  return types.length === 1 && isType && encoding.toLowerCase() === "identity";
}

function resolveOptions(options: DoorOptions): { readonly rules: AdmissionRules; readonly maxBodyBytes: number } {
  const { token, hosts, origins, people = [], maxBodyBytes = 65_536, cookieName = "kingly_session" } = options;
  const cookieMaxAgeMs = options.cookieMaxAgeMs ?? 30 * 24 * 60 * 60 * 1000;
  const demand = (isMet: boolean, message: string): void => {
    if (!isMet) throw new DoorError("BAD_OPTION", message);
  };
  demand(/^[\x21-\x7e]{16,}$/.test(token), "token must be 16 or more visible ASCII characters.");
  demand(hosts.length > 0, "hosts is empty; name at least one, e.g. 127.0.0.1:7700.");
  demand(
    hosts.every((host) => /^[\w.:[\]-]+$/.test(host)),
    `hosts must be host:port, got ${hosts.join(" ")}.`,
  );
  demand(
    Number.isSafeInteger(maxBodyBytes) && maxBodyBytes >= 0,
    `maxBodyBytes must be 0 or more, got ${maxBodyBytes}.`,
  );
  demand(/^[A-Za-z0-9_-]+$/.test(cookieName), `cookieName must be letters, digits, _ and -, got ${cookieName}.`);
  demand(
    people.every(({ name, tokenSha256 }) => /^[\w-]{1,32}$/.test(name) && /^[0-9a-f]{64}$/.test(tokenSha256)),
    "people must have a name of 1 to 32 letters, digits, _ and -, and the SHA-256 of a token as 64 hexadecimal digits.",
  );
  demand(
    new Set([ownerName, ...people.map(({ name }) => name)]).size === people.length + 1,
    `names of people must differ from each other and from ${ownerName}.`,
  );
  demand(cookieMaxAgeMs >= 1000, `cookieMaxAgeMs must be 1000 or more, got ${cookieMaxAgeMs}.`);
  return {
    rules: { token, people, hosts: new Set(hosts), origins: new Set(origins), cookieName, cookieMaxAgeMs },
    maxBodyBytes,
  };
}
