import type { McpBatcherError } from "../mcp-batcher-error.ts";
import type { ToolCall, ToolCallOptions, ToolResult } from "../tool-caller.ts";
import type { Elicit } from "./elicitation.ts";
import type { RequestAuthorization } from "./oauth/authorized-fetch.ts";
import type { ServerEntry } from "./server-entry.ts";

/** A tool as a server lists it, unjudged. */
export interface ListedTool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema: unknown;
  readonly outputSchema?: unknown;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** Why a connection ended, and whether another try may follow at once. */
export interface Ending {
  readonly error: McpBatcherError;
  /** True: the server is there and only forgot us. */
  readonly isRetriedAtOnce: boolean;
}

/** A server that answers. */
export interface Connection {
  readonly pid: number | undefined;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly ended: Promise<Ending>;
  callTool(call: ToolCall, options: ToolCallOptions): Promise<ToolResult>;
  /** Its tools, at most 64 pages and 1,000 tools; what is no tool is left out. */
  listTools(signal?: AbortSignal): Promise<readonly ListedTool[]>;
  /** Resolves with the next answer of any kind to a ping. */
  ping(): Promise<void>;
  /** Resolves when what was opened is closed; a process is ended: input closed, SIGTERM after 2 s, SIGKILL after 4 s. */
  close(): Promise<void>;
}

/** What is told about a connection while it is made and while it lives. */
export interface ConnectionWatch {
  readonly signal: AbortSignal;
  readonly onStderr: (chunk: Uint8Array) => void;
  /** Told what is wrong on the wire but ends nothing: a line that is not a message, an answer nobody waits for. */
  readonly onNoise: (error: Error) => void;
  /** Told when the server says that its tools are others now. */
  readonly onToolsChanged: () => void;
  /** Shows the server who asks; absent: nothing is shown but what the entry says. */
  readonly authorization?: RequestAuthorization | undefined;
  /** Answers what the server asks the person; absent: it is told that nobody can be asked. */
  readonly elicit?: Elicit | undefined;
}

/** Reaches a server and greets it. Rejects with the SDK's, the system's or our own error. */
export type Connect = (entry: ServerEntry, watch: ConnectionWatch) => Promise<Connection>;
