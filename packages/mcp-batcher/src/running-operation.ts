import type { Operation } from "./operation.ts";
import type { CallLife } from "./run-call.ts";
import type { ToolProgress } from "./tool-caller.ts";

/** A call that runs now, and how long nothing was heard of it. */
export interface RunningOperation {
  /** Names it for `cancel`; unique in its batcher. */
  readonly id: number;
  readonly server: string;
  readonly tool: string;
  readonly kind: Operation["kind"];
  /** Since it was sent, in milliseconds. */
  readonly elapsedMs: number;
  /** Since its last progress, or since it was sent. A ping is no sign of life of a call. */
  readonly quietMs: number;
  /** Since its server last answered a ping during this call. Absent: none was answered yet. */
  readonly serverQuietMs?: number;
  /** True after `quietAfterMs` (30,000) without progress, until the next. [M31] */
  readonly isQuiet: boolean;
  readonly progress?: ToolProgress;
}

/** What is told of a call that went quiet: the same as of any running one. */
export type QuietCall = RunningOperation;

/** Describes a running call at a moment of the monotonic clock. [M31] */
export function describeRunningCall(
  { id, server, tool, kind }: Pick<RunningOperation, "id" | "server" | "tool" | "kind">,
  { startedMs, heardMs, serverHeardMs, isQuiet, progress }: CallLife,
  nowMs: number,
): RunningOperation {
  return {
    id,
    server,
    tool,
    kind,
    isQuiet,
    elapsedMs: nowMs - startedMs,
    quietMs: nowMs - heardMs,
    ...(serverHeardMs === undefined ? {} : { serverQuietMs: nowMs - serverHeardMs }),
    ...(progress === undefined ? {} : { progress }),
  };
}
