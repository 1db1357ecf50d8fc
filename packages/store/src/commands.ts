import type { Clock } from "@kingly/runtime";
import type { Database, Unit } from "@kingly/sqlite";
import { checkText, refused } from "./check-value.ts";
import type { Reader } from "./reader.ts";
import type { CommandRow } from "./store-tables.ts";

/** A command that was accepted. */
export interface AcceptedCommand {
  readonly cid: string;
  readonly line: string;
  readonly acceptedAtMs: number;
}

/** The inbox: which commands were accepted, so that a repeat has no second effect. */
export interface Commands {
  /** Accepts a command once. `repeat`: the same cid and line; `conflict`: the same cid with another line. [S23] */
  accept(unit: Unit, workspaceId: string, cid: string, line: string): "new" | "repeat" | "conflict";
  get(workspaceId: string, cid: string, reader?: Reader): AcceptedCommand | undefined;
}

/** Creates the inbox over the store's tables. */
export function createCommands(deps: { readonly database: Database; readonly clock: Clock }): Commands {
  const get = (workspaceId: string, cid: string, reader: Reader = deps.database): AcceptedCommand | undefined => {
    const row = reader.get<CommandRow>("SELECT * FROM commands WHERE workspace_id = ? AND cid = ?", workspaceId, cid);
    return row === undefined ? undefined : { cid: row.cid, line: row.line, acceptedAtMs: row.accepted_at };
  };
  return {
    accept(unit, workspaceId, cid, line) {
      const present = get(workspaceId, cid, unit);
      if (present !== undefined) return present.line === line ? "repeat" : "conflict";
      if (!/^[A-Za-z0-9]{1,16}$/.test(cid)) throw refused("cid", cid, "1 to 16 letters and digits");
      checkText(line, "line", 1, 65_536);
      unit.run(
        "INSERT INTO commands (workspace_id, cid, line, accepted_at) VALUES (?, ?, ?, ?)",
        workspaceId,
        cid,
        line,
        deps.clock.nowMs(),
      );
      return "new";
    },
    get,
  };
}
