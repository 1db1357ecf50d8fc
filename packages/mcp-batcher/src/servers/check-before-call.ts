import { isMcpBatcherError, McpBatcherError } from "../mcp-batcher-error.ts";
import { toCallError } from "../to-call-error.ts";
import type { Server } from "./server.ts";

/** Runs what must hold before a call goes out. Nothing was sent yet: whatever it ends with, the call had no effect. */
export async function checkBeforeCall(server: Server, name: string, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (cause) {
    const error = server.safe(toCallError(name, cause));
    const { code, message, hint, effect, path } = error;
    if (effect === "none" && isMcpBatcherError(cause)) throw error;
    throw new McpBatcherError(code, message, { hint, cause, ...(path === undefined ? {} : { path }) });
  }
}
