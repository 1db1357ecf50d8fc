// Step 6 of command processing: it is written in the accepting unit, whatever the other steps take.
import type { Accepting } from "../accept/accepting.ts";

/** Writes the acknowledgement `su#cid:{id}|queued|0`. [O2][O40] */
export function acknowledge(accepting: Accepting, entityType: string, entityId: string): void {
  tell(accepting, entityType, entityId, "queued", 0);
}

/** Tells that a command which names no new thing is carried out: `su#cid:{id}|completed|1`. [O2] */
export function complete(accepting: Accepting, entityType: string, entityId: string): void {
  tell(accepting, entityType, entityId, "completed", 1);
}

function tell(
  { back, unit, workspaceId, cause }: Accepting,
  entityType: string,
  entityId: string,
  status: string,
  progress: number,
): void {
  const payload = { entity_id: entityId, status, progress };
  back.store.events.append(unit, workspaceId, { eventType: "status_update", entityType, entityId, payload }, cause);
}
