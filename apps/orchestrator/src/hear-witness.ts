import type { Cursor } from "@kingly/link";
import type { Back } from "./back.ts";

/** Hears what a gateway has seen of a log. One that saw more than there is proves that the end of the log was lost: the
 * log begins a new epoch, so that nobody takes other events for those that went. [O30] */
export function createHearWitness(back: Back): (workspaceId: string, cursor: Cursor) => void {
  const { database, log, store } = back;
  return (workspaceId, cursor) => {
    if (store.events.checkWitness(workspaceId, cursor) !== "ahead") return;
    database
      .write((unit) => {
        // Several may come at once; the first one has it done for all.
        if (store.events.checkWitness(workspaceId, cursor, unit) !== "ahead") return;
        const { head, epoch } = store.events.newEpoch(unit, workspaceId);
        const lost = `${head + 1} to ${cursor.seq}`;
        log.error("the end of the log was lost, and begins again from what is left", { workspaceId, lost, epoch });
      })
      .catch((thrown: unknown) => {
        log.error("a lost end of the log could not be marked", { workspaceId, why: String(thrown) });
      });
  };
}
