import type { IncomingMessage, ServerResponse } from "node:http";

/** Headers of an answer, name to value; they win over those of the door. */
export type DoorHeaders = Readonly<Record<string, string | readonly string[]>>;

/** What a handler gives back: JSON, text, bytes, a bare status, or `streamed` when it writes to `response` itself. */
export type DoorAnswer =
  | { readonly status: number; readonly json?: unknown; readonly headers?: DoorHeaders }
  | { readonly status: number; readonly text: string; readonly contentType: string; readonly headers?: DoorHeaders }
  | {
      readonly status: number;
      readonly bytes: Uint8Array;
      readonly contentType: string;
      readonly headers?: DoorHeaders;
    }
  | "streamed";

/** One request that passed every check. */
export interface DoorCall {
  readonly request: IncomingMessage;
  /** For streams only; the headers of the door are set on it already. */
  readonly response: ServerResponse;
  /** The address, its host one of the allowed ones. */
  readonly url: URL;
  /** Decoded values of the `:name` and `*name` parts of the path. */
  readonly params: Readonly<Record<string, string>>;
  /** The parsed body of a route with `body: "json"`; any JSON value. Its shape is not checked. */
  readonly json?: unknown;
  /** How the caller was let in; always `open` on an open route. */
  readonly by: "bearer" | "cookie" | "open";
  /** Whose token it was: `owner`, or the name of one of `people`; empty on an open route. [D23] */
  readonly who: string;
  /** Aborted when the client leaves before the answer is complete, and when the door closes. */
  readonly signal: AbortSignal;
}

/** One way in. */
export interface Route {
  /** An HTTP method in capitals. A GET route answers HEAD too. */
  readonly method: string;
  /** `/v1/tasks`, `/v1/tasks/:id` (one part, not empty) or `/assets/*file` (the rest, at least one part, at the end). */
  readonly path: string;
  /** No token needed. @default false */
  readonly open?: boolean;
  /** `json`: a JSON body is demanded and parsed; `none`: a body is read, counted and thrown away. @default "none" */
  readonly body?: "json" | "none";
  handle(call: DoorCall): DoorAnswer | Promise<DoorAnswer>;
}
