import { askByClient } from "../call-by-client.ts";
import type { ClientLike } from "../client-like.ts";
import type { ListedTool } from "./connection.ts";

const maxPages = 64;
const maxTools = 1_000;
// Control signs and white space have no place in a name that is shown and compared.
const nameShape = /^[^\p{C}\s]{1,128}$/u;

/** Lists the tools of a server by a client of either generation: at most 64 pages and 1,000 tools. [M36]
 *
 * What has no usable name is left out. Rejects when the answer is no list. */
export async function listByClient(client: ClientLike, signal?: AbortSignal): Promise<readonly ListedTool[]> {
  const tools = new Map<string, ListedTool>();
  let cursor: string | undefined;
  for (let page = 0; page < maxPages && tools.size < maxTools; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const answer = await askByClient(client, "tools/list", params, signal === undefined ? {} : { signal });
    const { tools: listed, nextCursor } = (answer ?? {}) as Readonly<Record<string, unknown>>;
    if (!Array.isArray(listed)) throw new TypeError("the list of tools is not a list");
    for (const each of listed) {
      const tool = readTool(each);
      if (tool !== undefined && tools.size < maxTools) tools.set(tool.name, tool);
    }
    if (typeof nextCursor !== "string" || nextCursor === "") break;
    cursor = nextCursor;
  }
  return [...tools.values()];
}

function readTool(value: unknown): ListedTool | undefined {
  const { name, title, description, inputSchema, outputSchema, annotations } = (value ?? {}) as Readonly<
    Record<string, unknown>
  >;
  if (typeof name !== "string" || !nameShape.test(name)) return undefined;
  return {
    name,
    inputSchema: inputSchema ?? { type: "object" },
    ...(typeof title === "string" ? { title } : {}),
    ...(typeof description === "string" ? { description } : {}),
    ...(outputSchema === undefined ? {} : { outputSchema }),
    ...(typeof annotations === "object" && annotations !== null
      ? { annotations: annotations as Readonly<Record<string, unknown>> }
      : {}),
  };
}
