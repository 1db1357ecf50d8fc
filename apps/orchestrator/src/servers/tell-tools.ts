import type { Servers } from "@kingly/mcp-batcher/servers";
import type { Back } from "../back.ts";
import { listToolsApprovals } from "./tools-approval.ts";

/** The workspace that speaks for the whole house: its servers are everybody's. */
export const houseWorkspace = "default";

/** Tells a person, once for each, that descriptions of tools wait for them: `su:{id}|waiting_approval|0`. [O82] */
export function tellTools(back: Pick<Back, "database" | "store" | "log">, servers: Servers): () => void {
  const told = new Set<string>();
  return servers.onState(() => {
    for (const { id, server } of listToolsApprovals(servers)) {
      if (told.has(id)) continue;
      told.add(id);
      back.log.warn("descriptions of tools wait for approval", { server, approve: `ap:${id}|yes` });
      back.database
        .write((unit) => {
          back.store.events.append(
            unit,
            houseWorkspace,
            {
              eventType: "status_update",
              entityType: "tools",
              entityId: id,
              payload: { entity_id: id, status: "waiting_approval", progress: 0 },
            },
            { origin: "system" },
          );
        })
        .catch((thrown: unknown) => {
          told.delete(id);
          back.log.error("blocked tools could not be told", { why: String(thrown) });
        });
    }
  });
}
