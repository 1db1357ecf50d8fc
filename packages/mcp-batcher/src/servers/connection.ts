import type { ToolCall, ToolCallOptions, ToolResult } from "../tool-caller.ts";
import type { ServerEntry } from "./server-entry.ts";

/** A tool as its server describes it. The three marks are the server's own word: hints, not guarantees. */
export interface ToolDescription {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly inputSchema: unknown;
  readonly isReadOnly: boolean;
  readonly isIdempotent: boolean;
  readonly isDestructive: boolean;
}

/** A process that answers. */
export interface Connection {
  readonly pid: number | undefined;
  /** Resolves when the process has ended, whoever ended it. */
  readonly ended: Promise<void>;
  callTool(call: ToolCall, options: ToolCallOptions): Promise<ToolResult>;
  listTools(signal?: AbortSignal): Promise<readonly ToolDescription[]>;
  /** Ends the process: closes its input, then SIGTERM after 2 s, then SIGKILL after 2 s more. */
  close(): Promise<void>;
}

/** Starts the process of a server and greets it. Rejects with the SDK's or the system's own error. */
export type Connect = (
  entry: ServerEntry,
  watch: {
    readonly signal: AbortSignal;
    readonly onStderr: (chunk: Uint8Array) => void;
    /** Told what is wrong on the wire but ends nothing: a line that is not a message, an answer nobody waits for. */
    readonly onNoise: (error: Error) => void;
  },
) => Promise<Connection>;
