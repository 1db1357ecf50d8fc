import type { Unit } from "@kingly/sqlite";
import { readFrom } from "./as-of.ts";
import type { ReadFrom, Sight } from "./as-of.ts";
import { atomically } from "./atomically.ts";
import { linkBeliefs, relationshipBeliefs } from "./belief-tables.ts";
import { assertBelief, lastVersion, retractBelief } from "./beliefs.ts";
import type { Cause } from "./cause.ts";
import { checkText, refused } from "./check-value.ts";
import type { EventLog } from "./event-log.ts";
import { forever } from "./forever.ts";
import { heldMany, heldOne } from "./held.ts";
import { momentOf } from "./as-of.ts";
import { relationshipPayload } from "./task-relationship.ts";
import type { TaskRelationshipRow, WorkspaceLinkRow } from "./store-tables.ts";

/** The two ends of a link: the workspace that grants, and the one that may name its tasks. */
export interface LinkEnds {
  readonly fromWorkspaceId: string;
  readonly toWorkspaceId: string;
}

/** What is granted. */
export interface LinkGrant extends LinkEnds {
  /** Why, up to 1,024 characters. */
  readonly note?: string;
}

/** A link that is granted. */
export interface WorkspaceLink extends LinkEnds {
  readonly note: string | null;
  readonly grantedAtMs: number;
}

/** The part of the workspaces that grants links and takes them back. [S44] */
export interface WorkspaceLinks {
  grantLink(unit: Unit, link: LinkGrant, cause: Cause): boolean;
  revokeLink(unit: Unit, link: LinkEnds, cause: Cause): boolean;
  links(workspaceId: string, from?: ReadFrom): readonly WorkspaceLink[];
}

/** Creates the links between workspaces over the store's tables. */
export function createWorkspaceLinks(deps: Sight & { readonly events: EventLog }): WorkspaceLinks {
  const { events } = deps;
  const thingOf = ({ fromWorkspaceId, toWorkspaceId }: LinkEnds): { workspace_id: string; id: string } => ({
    workspace_id: fromWorkspaceId,
    id: toWorkspaceId,
  });

  return {
    grantLink(unit, link, cause) {
      const { fromWorkspaceId, toWorkspaceId, note } = link;
      if (fromWorkspaceId === toWorkspaceId) throw refused("toWorkspaceId", toWorkspaceId, "another workspace");
      if (note !== undefined) checkText(note, "note", 1, 1024);
      events.nextChange(unit, toWorkspaceId);
      if (heldOne(deps, linkBeliefs, thingOf(link), unit) !== undefined) return false;
      return atomically(unit, () => {
        const { atMs } = events.nextChange(unit, fromWorkspaceId);
        const version = lastVersion(unit, linkBeliefs, thingOf(link)) + 1;
        const told = {
          to_workspace_id: toWorkspaceId,
          note: note ?? null,
          version,
          created_at: atMs,
          updated_at: atMs,
        };
        assertBelief(unit, linkBeliefs, thingOf(link), told, { fromMs: atMs, toMs: forever }, atMs);
        const payload = { to_workspace: toWorkspaceId, note };
        const event = { eventType: "link_granted", entityType: "workspace", entityId: toWorkspaceId, payload };
        events.append(unit, fromWorkspaceId, event, cause);
        return true;
      });
    },

    revokeLink(unit, link, cause) {
      const { fromWorkspaceId, toWorkspaceId } = link;
      if (heldOne(deps, linkBeliefs, thingOf(link), unit) === undefined) return false;
      return atomically(unit, () => {
        const standing = unit.all<TaskRelationshipRow>(
          "SELECT * FROM task_relationships WHERE workspace_id = ? AND other_workspace_id = ? AND valid_from < valid_to",
          toWorkspaceId,
          fromWorkspaceId,
        );
        for (const row of standing) {
          const { atMs } = events.nextChange(unit, toWorkspaceId);
          const thing = { workspace_id: toWorkspaceId, id: row.id };
          if (!retractBelief(unit, relationshipBeliefs, thing, { fromMs: atMs, toMs: forever }, atMs)) continue;
          const entityId = row.from_workspace_id === toWorkspaceId ? row.from_id : row.to_id;
          const event = {
            eventType: "task_unrelated",
            entityType: "task",
            entityId,
            payload: relationshipPayload(row),
          };
          events.append(unit, toWorkspaceId, event, cause);
        }
        const { atMs } = events.nextChange(unit, fromWorkspaceId);
        retractBelief(unit, linkBeliefs, thingOf(link), { fromMs: atMs, toMs: forever }, atMs);
        const payload = { to_workspace: toWorkspaceId };
        const event = { eventType: "link_revoked", entityType: "workspace", entityId: toWorkspaceId, payload };
        events.append(unit, fromWorkspaceId, event, cause);
        return true;
      });
    },

    links(workspaceId, from) {
      const { reader, asOf } = readFrom(deps, from);
      // Each link is told in the log of the one that grants it: now is the later of the two.
      const grantors = reader.all<{ id: string }>(
        "SELECT DISTINCT workspace_id AS id FROM workspace_links WHERE to_workspace_id = ?",
        workspaceId,
      );
      const isNow = asOf === undefined;
      const rows = [workspaceId, ...grantors.map(({ id }) => id)].flatMap((id) => {
        const moment = momentOf(deps, reader, id, asOf);
        const where = id === workspaceId ? [] : [["to_workspace_id", workspaceId] as const];
        return heldMany<WorkspaceLinkRow>(reader, linkBeliefs, { workspaceId: id, moment, isNow, where, limit: 1000 });
      });
      return rows
        .toSorted((left, right) => left.updated_at - right.updated_at)
        .map((row) => ({
          fromWorkspaceId: row.workspace_id,
          toWorkspaceId: row.to_workspace_id,
          note: row.note,
          grantedAtMs: row.updated_at,
        }));
    },
  };
}
