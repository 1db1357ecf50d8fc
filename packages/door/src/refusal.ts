import type { DoorAnswer, DoorHeaders } from "./route.ts";

/** Why a request is not served: a status, a code that is API, and two sentences for people. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  /** What happened. */
  readonly message: string;
  /** What to do. */
  readonly hint: string;
  readonly headers?: DoorHeaders;
}

/** Makes the answer `{error: {code, message, hint}}` of a refusal; for handlers too. [D11] */
export function toAnswer(refusal: Refusal): DoorAnswer {
  const { status, code, message, hint, headers } = refusal;
  return { status, json: { error: { code, message, hint } }, ...(headers === undefined ? {} : { headers }) };
}

/** The refusals of the door itself, in the order in which they win. [D1] */
export const refusals: Readonly<
  Record<"host" | "origin" | "token" | "path" | "mediaType" | "closing" | "internal", Refusal>
> = {
  host: {
    status: 403,
    code: "host_refused",
    message: "This server does not answer under that host name.",
    hint: "Use the address that the program printed at its start, with its port.",
  },
  origin: {
    status: 403,
    code: "origin_refused",
    message: "Requests from that page are not allowed.",
    hint: "Use the page of this server, or send Authorization: Bearer from a program.",
  },
  token: {
    status: 401,
    code: "unauthorized",
    message: "The token is missing, wrong or no longer valid.",
    hint: "Open the start address again, or send Authorization: Bearer with the token of this home.",
    headers: { "WWW-Authenticate": "Bearer" },
  },
  path: {
    status: 404,
    code: "not_found",
    message: "There is nothing at this address.",
    hint: "Check the path.",
  },
  mediaType: {
    status: 415,
    code: "unsupported_media_type",
    message: "The body must be JSON in UTF-8.",
    hint: "Send Content-Type: application/json and no Content-Encoding.",
  },
  closing: {
    status: 503,
    code: "closing",
    message: "The server is stopping.",
    hint: "Try again when it has started again.",
    headers: { "Retry-After": "1", Connection: "close" },
  },
  internal: {
    status: 500,
    code: "internal",
    message: "Something went wrong on the server.",
    hint: "Try again; the log of the server says what happened.",
  },
};

/** Makes the refusal of a known path with another method. [D10] */
export function toMethodRefusal(allow: readonly string[]): Refusal {
  return {
    status: 405,
    code: "method_not_allowed",
    message: "This address does not know that method.",
    hint: `Use ${allow.join(" or ")}.`,
    headers: { Allow: allow.join(", ") },
  };
}

/** Makes the refusal of a body over the limit. [D13] */
export function toSizeRefusal(maxBytes: number): Refusal {
  return {
    status: 413,
    code: "too_large",
    message: `The body is larger than ${maxBytes} bytes.`,
    hint: "Send less at once.",
  };
}

/** Makes the refusal of a body that is not the JSON we take. [D14] */
export function toJsonRefusal(message: string, hint: string): Refusal {
  return { status: 400, code: "malformed_json", message, hint };
}
