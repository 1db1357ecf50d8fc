import type { Reader } from "../reader.ts";

/** Which entities were one at a moment of system time. */
export interface EntityIdentity {
  /** Returns the entity that stands for this one: itself when it was merged into none. */
  rootOf(id: string): string;
  /** Returns all entities that this one stands for, itself first. */
  membersOf(rootId: string): readonly string[];
}

const itself: EntityIdentity = { rootOf: (id) => id, membersOf: (rootId) => [rootId] };

/** Reads who is who in a workspace, as believed at `systemMs`. Each entity is looked up once. [S53] */
export function entityIdentity(reader: Reader, workspaceId: string, systemMs: number): EntityIdentity {
  const any = reader.get("SELECT 1 FROM entity_aliases WHERE workspace_id = ? LIMIT 1", workspaceId);
  if (any === undefined) return itself;
  const roots = new Map<string, string>();
  const members = new Map<string, readonly string[]>();
  const held = "workspace_id = ? AND sys_from <= ? AND sys_to > ?";
  return {
    rootOf(id) {
      const known = roots.get(id);
      if (known !== undefined) return known;
      // A merge joins two roots, so the way up has an end.
      let root = id;
      for (;;) {
        const up = reader.get<{ entity_id: string }>(
          `SELECT entity_id FROM entity_aliases WHERE ${held} AND alias_id = ?`,
          workspaceId,
          systemMs,
          systemMs,
          root,
        );
        if (up === undefined) break;
        root = up.entity_id;
      }
      roots.set(id, root);
      return root;
    },
    membersOf(rootId) {
      const known = members.get(rootId);
      if (known !== undefined) return known;
      const rows = reader.all<{ id: string }>(
        `WITH RECURSIVE one(id) AS (SELECT ? UNION
           SELECT a.alias_id FROM one CROSS JOIN entity_aliases AS a
           WHERE a.workspace_id = ? AND a.entity_id = one.id AND a.sys_from <= ? AND a.sys_to > ?)
         SELECT id FROM one`,
        rootId,
        workspaceId,
        systemMs,
        systemMs,
      );
      const ids = rows.map(({ id }) => id);
      members.set(rootId, ids);
      return ids;
    },
  };
}
