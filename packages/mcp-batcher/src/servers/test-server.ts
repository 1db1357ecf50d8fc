import { describeCause } from "../describe-cause.ts";
import { isMcpBatcherError } from "../mcp-batcher-error.ts";
import type { OperationError } from "../operation.ts";
import { createMemoryAuthorizations } from "./oauth/authorization-store.ts";
import { createServer } from "./server.ts";
import type { ServerDeps } from "./server.ts";
import type { ServerEntry } from "./server-entry.ts";
import type { ServerStatus } from "./server-state.ts";
import type { ToolDescription } from "./tool-description.ts";
import { createMemoryPins } from "./tool-pins.ts";

/** What a trial of an entry has found. */
export type ServerTest =
  | { readonly ok: true; readonly tools: readonly ToolDescription[]; readonly elapsedMs: number }
  | {
      readonly ok: false;
      readonly error: OperationError;
      readonly status: ServerStatus;
      readonly stderrTail: string;
    };

/** Starts a server once, lists its tools, and ends it. It is nobody's server: no pin is kept, nothing is retried. [M41] */
export async function testServer(deps: ServerDeps, entry: ServerEntry): Promise<ServerTest> {
  const startedMs = deps.clock.monotonicMs();
  const server = createServer(
    {
      ...deps,
      pins: createMemoryPins(),
      firstSight: "trust-first-use",
      // Nobody is asked to consent to a trial, and none that was given is used.
      oauth: { ...deps.oauth, store: createMemoryAuthorizations(), redirectUrl: undefined },
      onElicitation: undefined,
    },
    "test",
    entry,
    () => {},
  );
  try {
    const { connection } = await server.reach();
    const tools = await server.tools.list(connection);
    return { ok: true, tools, elapsedMs: deps.clock.monotonicMs() - startedMs };
  } catch (cause) {
    const { status, stderrTail } = server.state();
    const error = isMcpBatcherError(cause)
      ? { code: cause.code, message: cause.message, hint: cause.hint }
      : { code: "server_failed" as const, message: describeCause(cause), hint: "Look at its stderr." };
    return { ok: false, error, status, stderrTail };
  } finally {
    await server.close();
  }
}
