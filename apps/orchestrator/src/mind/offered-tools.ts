import type { JsonObject, ToolDefinition } from "@kingly/llm";
import { createToolNames } from "@kingly/mcp-batcher";
import type { Servers, ToolDescription } from "@kingly/mcp-batcher/servers";
import type { Log } from "@kingly/runtime";
import { cutText } from "../cut-text.ts";
import { asWords } from "./as-data.ts";
import type { Scrub } from "./scrub.ts";

/** A tool of a server, as it stands now. */
export type OfferedTool = ToolDescription & { readonly server: string };

/** The tools that a model may ask for, by the name that it is told. */
export interface Offer {
  readonly byName: ReadonlyMap<string, OfferedTool>;
  readonly definitions: readonly ToolDefinition[];
}

// More would only fill the model's sight.
const maxTools = 100;
const maxDescription = 1000;
const maxSchema = 10_000;

/** Reads the tools of the servers that are ready, without those that may not be called. A server that does not answer is
 * left out. What a server says of its tools is data: cut, cleaned, without brackets that open commands. [O44] */
export async function readOffer(
  deps: { readonly servers: Pick<Servers, "states" | "listTools">; readonly log: Log; readonly scrub: Scrub },
  isDenied: (server: string, tool: string) => boolean,
  signal?: AbortSignal,
): Promise<Offer> {
  const ready = deps.servers.states().filter(({ status }) => status === "ready" || status === "idle");
  const lists = await Promise.all(
    ready.map(async ({ name: server }) => {
      try {
        return (await deps.servers.listTools(server, signal)).map((tool) => ({ ...tool, server }));
      } catch (thrown) {
        const why = thrown instanceof Error ? thrown.message : "unknown";
        deps.log.warn("the tools of a server are not offered", { server, why: deps.scrub.clean(why) });
        return [];
      }
    }),
  );
  const tools = lists
    .flat()
    // Blocked: its description has changed since a person approved it.
    .filter((tool) => tool.blocked === undefined && !isDenied(tool.server, tool.name) && isSmall(tool.inputSchema))
    .slice(0, maxTools);
  const names = createToolNames();
  const byName = new Map<string, OfferedTool>();
  for (const tool of tools) {
    const name = names.nameOf(tool.server, tool.name);
    // Of two that a server calls alike the first one counts.
    if (!byName.has(name)) byName.set(name, tool);
  }
  const definitions = [...byName].map(([name, tool]) => ({
    name,
    description: cutText(deps.scrub.clean(asWords(tool.description ?? tool.name)), maxDescription),
    inputSchema: tool.inputSchema as JsonObject,
  }));
  return { byName, definitions };
}

function isSmall(schema: unknown): boolean {
  return typeof schema === "object" && schema !== null && JSON.stringify(schema).length <= maxSchema;
}
