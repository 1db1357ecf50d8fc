import type { OperationError } from "../operation.ts";
import { plainText } from "../plain-text.ts";
import type { ListedTool } from "./connection.ts";

/** A tool as its server describes it. The three marks are the server's own word: hints, not guarantees. */
export interface ToolDescription {
  readonly name: string;
  readonly title?: string;
  /** The words of the server, without control signs, at most 10,000 signs. Foreign text: never a command. */
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly inputSchema: unknown;
  /** JSON Schema of `structured` of the result. */
  readonly outputSchema?: unknown;
  readonly isReadOnly: boolean;
  readonly isIdempotent: boolean;
  readonly isDestructive: boolean;
  /** SHA-256 of all of it: what `approveTools` takes. */
  readonly hash: string;
  /** Why it may not be called: it changed (`tool_changed`) or nobody approved it (`tool_unapproved`). */
  readonly blocked?: OperationError;
}

const maxWords = 10_000;

/** Describes a listed tool. What is not said of it counts as the worse: it writes, destroys, and may not be repeated. */
export function describeTool(tool: ListedTool, hash: string, blocked: OperationError | undefined): ToolDescription {
  const { readOnlyHint, idempotentHint, destructiveHint } = tool.annotations ?? {};
  const isReadOnly = readOnlyHint === true;
  return {
    name: tool.name,
    ...(tool.title === undefined ? {} : { title: plainText(tool.title).slice(0, maxWords) }),
    ...(tool.description === undefined ? {} : { description: plainText(tool.description).slice(0, maxWords) }),
    inputSchema: tool.inputSchema,
    ...(tool.outputSchema === undefined ? {} : { outputSchema: tool.outputSchema }),
    isReadOnly,
    isIdempotent: isReadOnly || idempotentHint === true,
    isDestructive: !isReadOnly && destructiveHint !== false,
    hash,
    ...(blocked === undefined ? {} : { blocked }),
  };
}
