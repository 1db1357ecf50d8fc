import { houseWorkspace } from "../servers/tell-tools.ts";
import type { CommandRefusal } from "./accepting.ts";

/** Refuses what is about servers in any workspace but the house's own; undefined where it is. [O82] [O89] */
export function houseOnly(workspaceId: string): CommandRefusal | undefined {
  if (workspaceId === houseWorkspace) return undefined;
  return {
    code: "owner_only",
    message: "Servers are for the whole house, and decided about in its own workspace.",
    recovery: `Say it in the workspace ${houseWorkspace}.`,
  };
}
