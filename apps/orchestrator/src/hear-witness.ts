import type { Cursor } from "@kingly/link";
import type { Unit } from "@kingly/sqlite";
import type { Back } from "./back.ts";

/** Hears what a gateway has seen of a log. One that saw more than there is, or other events than stand there now, proves
 * that the end of the log was lost: the log begins a new epoch, so that nobody takes other events for those that went. [O30] */
export function createHearWitness(back: Back): (workspaceId: string, cursor: Cursor) => void {
  const { database, log, store } = back;
  const isProof = (workspaceId: string, cursor: Cursor, unit?: Unit): boolean => {
    const standing = store.events.checkWitness(workspaceId, cursor, unit);
    // An event that is not chained yet is another program's, and has not been told with a chain: it proves nothing.
    const isChained = store.events.chainAt(workspaceId, cursor.seq, unit) !== undefined;
    return standing === "ahead" || (standing === "different" && isChained);
  };
  return (workspaceId, cursor) => {
    if (!isProof(workspaceId, cursor)) return;
    database
      .write((unit) => {
        // Several may come at once; the first one has it done for all.
        if (!isProof(workspaceId, cursor, unit)) return;
        const { head, epoch } = store.events.newEpoch(unit, workspaceId);
        const lost = cursor.seq > head ? `${head + 1} to ${cursor.seq}` : `some up to ${cursor.seq}`;
        log.error("the end of the log was lost, and begins again from what is left", { workspaceId, lost, epoch });
      })
      .catch((thrown: unknown) => {
        log.error("a lost end of the log could not be marked", { workspaceId, why: String(thrown) });
      });
  };
}
