import { createHash } from "node:crypto";
import type { Servers, ToolDescription } from "@kingly/mcp-batcher/servers";

/** Descriptions of tools that wait for a person: exactly these, under exactly this id. */
export interface ToolsApproval {
  readonly id: string;
  readonly server: string;
  readonly tools: readonly ToolDescription[];
}

// 64 bits of the hash of what is shown, as of the approvals of steps: a decision about anything else does not fit.
const hashDigits = 16;

/** Finds what waits for approval: one for each server that has blocked tools. [O82]
 *
 * The id holds 16 digits of the hash of the server's name and of the descriptions' hashes: when one of them changes, it is
 * another approval. */
export function listToolsApprovals(servers: Pick<Servers, "states" | "knownTools">): readonly ToolsApproval[] {
  return servers.states().flatMap(({ name, blockedTools = [] }) => {
    if (blockedTools.length === 0) return [];
    const tools = (servers.knownTools(name) ?? []).filter(({ blocked }) => blocked !== undefined);
    const hashes = tools.map(({ hash }) => hash).toSorted();
    const digits = createHash("sha256")
      .update(JSON.stringify([name, ...hashes]))
      .digest("hex")
      .slice(0, hashDigits);
    return [{ id: `tools.${name.replaceAll(/[^A-Za-z0-9_-]+/g, "_").slice(0, 40)}.${digits}`, server: name, tools }];
  });
}
