import { findOAuthFault } from "./oauth/oauth-settings.ts";
import type { OAuthSettings } from "./oauth/oauth-settings.ts";

/** What every entry may say. */
export interface ServerEntryBase {
  /** Calls at once, for the batcher. Default: the batcher's. */
  readonly concurrency?: number;
  /** The longest start, and the longest a call waits for one, in milliseconds. @default 15000 */
  readonly startTimeoutMs?: number;
  /** True: known, but never started. @default false */
  readonly disabled?: boolean;
  /** True: it makes calls with the same key in `_meta["kingly/idempotencyKey"]` once only. @default false */
  readonly idempotencyKeys?: boolean;
}

/** A server that is started as a process. */
export interface StdioServerEntry extends ServerEntryBase {
  readonly type?: "stdio";
  /** The program: a path, or a name found on PATH. It is started without a shell. */
  readonly command: string;
  /** @default [] */
  readonly args?: readonly string[];
  /** What the process sees beside PATH, HOME and the names of user, shell and terminal. @default {} */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder it runs in. Default: ours. */
  readonly cwd?: string;
}

/** A server that is reached by HTTP. */
export interface HttpServerEntry extends ServerEntryBase {
  /** `http` and `streamable-http` are the same; `sse` is the older way of two addresses. */
  readonly type: "http" | "streamable-http" | "sse";
  readonly url: string;
  /** Sent with every request, to the origin of `url` only. @default {} */
  readonly headers?: Readonly<Record<string, string>>;
  /** True: the address may be a link-local one, as those of clouds that give out keys. @default false */
  readonly allowLinkLocal?: boolean;
  /** How we show who asks when it answers 401; false: not at all. Default: by the consent of a person, where the app has an
   * address for it to come back to and `headers` hold no Authorization. [M43] */
  readonly oauth?: OAuthSettings | false;
}

/** How one server is reached: an entry of the `mcpServers` shape that other MCP clients use. Every text may hold
 * `${NAME}` and `${NAME:-default}`. [M37] */
export type ServerEntry = StdioServerEntry | HttpServerEntry;

/** The servers by name. */
export interface ServersConfig {
  readonly mcpServers: Readonly<Record<string, ServerEntry>>;
}

/** The default of `startTimeoutMs`. */
export const defaultStartTimeoutMs = 15_000;

const httpTypes: ReadonlySet<unknown> = new Set(["http", "streamable-http", "sse"]);

/** Tells the two kinds of entries apart. */
export function isHttpEntry(entry: ServerEntry): entry is HttpServerEntry {
  return httpTypes.has(entry.type);
}

/** Says what is wrong with an entry, which may come from a file anybody wrote; undefined when nothing is. [M24] */
export function findEntryFault(entry: ServerEntry): string | undefined {
  if (typeof entry !== "object" || entry === null) return "the entry is not an object";
  const fault = isHttpEntry(entry) ? findHttpFault(entry) : findStdioFault(entry);
  if (fault !== undefined) return fault;
  if (!isWhole(entry.concurrency)) return "concurrency is not a whole number of at least 1";
  if (!isWhole(entry.startTimeoutMs)) return "startTimeoutMs is not a whole number of at least 1";
  for (const name of ["disabled", "idempotencyKeys"] as const) {
    if (entry[name] !== undefined && typeof entry[name] !== "boolean") return `${name} is neither true nor false`;
  }
  return undefined;
}

function findStdioFault(entry: StdioServerEntry): string | undefined {
  if (entry.type !== undefined && entry.type !== "stdio") {
    return `type is ${String(entry.type).slice(0, 40)}, not one of stdio, http, streamable-http, sse`;
  }
  if (!isText(entry.command) || entry.command === "") {
    return "url" in entry
      ? 'command is not a text; a server with a url needs type "http" or "sse"'
      : "command is not a text";
  }
  if (entry.args !== undefined && !(Array.isArray(entry.args) && entry.args.every(isText))) {
    return "args is not a list of texts";
  }
  if (entry.env !== undefined && !areTexts(entry.env)) return "env is not an object of texts";
  return entry.cwd !== undefined && !isText(entry.cwd) ? "cwd is not a text" : undefined;
}

function findHttpFault(entry: HttpServerEntry): string | undefined {
  if (!isText(entry.url) || entry.url === "") return "url is not a text";
  // With a variable in it, it is judged when that is known.
  if (!entry.url.includes("${") && !isHttpUrl(entry.url)) return "url is not an address of http or https";
  if (entry.headers !== undefined && !areTexts(entry.headers)) return "headers is not an object of texts";
  return entry.allowLinkLocal !== undefined && typeof entry.allowLinkLocal !== "boolean"
    ? "allowLinkLocal is neither true nor false"
    : findOAuthFault(entry.oauth);
}

function isHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "http:" || url?.protocol === "https:";
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function areTexts(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(isText);
}

function isWhole(value: unknown): boolean {
  return value === undefined || (typeof value === "number" && Number.isSafeInteger(value) && value >= 1);
}
