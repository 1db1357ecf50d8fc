import type { Unit } from "@kingly/sqlite";
import type { Back } from "../back.ts";
import type { Work } from "./work.ts";

/** Tells that nobody knows whether a call took effect: `su:{task}.{call}|unknown|1`. [O43] */
export function tellUnknown(back: Back, unit: Unit, work: Work, seq: number): void {
  const entityId = `${work.taskId}.${seq}`;
  const payload = { entity_id: entityId, status: "unknown", progress: 1 };
  back.store.events.append(
    unit,
    work.workspaceId,
    { eventType: "status_update", entityType: "call", entityId, payload },
    { origin: "model", ...(work.cid === undefined ? {} : { cid: work.cid }) },
  );
}
