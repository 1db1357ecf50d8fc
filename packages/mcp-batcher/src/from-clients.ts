import { callByClient } from "./call-by-client.ts";
import type { ClientLike } from "./client-like.ts";
import { McpBatcherError } from "./mcp-batcher-error.ts";
import { toCallError } from "./to-call-error.ts";
import type { ToolCaller } from "./tool-caller.ts";

/** Makes a caller out of connected clients, by the names of their servers.
 *
 * Any client fits that has the `request` of `@modelcontextprotocol/sdk` (v1) or `@modelcontextprotocol/client` (v2).
 * The clients stay their owner's: nothing here connects, restarts or closes them. [M35] */
export function fromClients(clients: Readonly<Record<string, ClientLike>>): ToolCaller {
  return {
    async callTool(call, options) {
      const client = Object.hasOwn(clients, call.server) ? clients[call.server] : undefined;
      if (client === undefined) {
        throw new McpBatcherError("server_unknown", `There is no client for "${call.server}".`, {
          hint: `Use one of: ${Object.keys(clients).join(", ")}.`,
        });
      }
      try {
        return await callByClient(client, call, options);
      } catch (cause) {
        throw toCallError(call.server, cause);
      }
    },
  };
}
