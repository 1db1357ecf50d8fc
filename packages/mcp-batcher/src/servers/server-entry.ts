/** How one server is started: an entry of the `mcpServers` shape that other MCP clients use. */
export interface ServerEntry {
  /** The program: a path, or a name found on PATH. It is started without a shell. */
  readonly command: string;
  /** @default [] */
  readonly args?: readonly string[];
  /** What the process sees beside PATH, HOME and the names of user, shell and terminal. @default {} */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder it runs in. Default: ours. */
  readonly cwd?: string;
  /** Calls at once, for the batcher. Default: the batcher's. */
  readonly concurrency?: number;
  /** The longest start, and the longest a call waits for one, in milliseconds. @default 15000 */
  readonly startTimeoutMs?: number;
  /** True: known, but never started. @default false */
  readonly disabled?: boolean;
}

/** The servers by name. */
export interface ServersConfig {
  readonly mcpServers: Readonly<Record<string, ServerEntry>>;
}

/** The default of `startTimeoutMs`. */
export const defaultStartTimeoutMs = 15_000;

/** Says what is wrong with an entry, which may come from a file anybody wrote; undefined when nothing is. [M24] */
export function findEntryFault(entry: ServerEntry): string | undefined {
  const isText = (value: unknown): boolean => typeof value === "string";
  if (typeof entry !== "object" || entry === null) return "the entry is not an object";
  if (!isText(entry.command) || entry.command === "") return "command is not a text";
  if (entry.args !== undefined && !(Array.isArray(entry.args) && entry.args.every(isText))) {
    return "args is not a list of texts";
  }
  if (entry.env !== undefined) {
    if (typeof entry.env !== "object" || entry.env === null) return "env is not an object of texts";
    if (!Object.values(entry.env).every(isText)) return "env is not an object of texts";
  }
  if (entry.cwd !== undefined && !isText(entry.cwd)) return "cwd is not a text";
  if (!isWhole(entry.concurrency)) return "concurrency is not a whole number of at least 1";
  if (!isWhole(entry.startTimeoutMs)) return "startTimeoutMs is not a whole number of at least 1";
  return undefined;
}

function isWhole(value: unknown): boolean {
  return value === undefined || (typeof value === "number" && Number.isSafeInteger(value) && value >= 1);
}
