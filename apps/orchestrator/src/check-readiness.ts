import type { Servers } from "@kingly/mcp-batcher/servers";
import type { Back } from "./back.ts";
import { describeBroken } from "./workflows/load-workflows.ts";

/** One thing that must work, or that is only missed (`optional`), and why it does not. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly optional?: boolean;
  readonly why?: string;
}

/** What readiness is read from. */
export interface ReadinessDeps {
  readonly back: Back;
  readonly servers: Servers;
}

/** Says what works. Ready means that commands are accepted and carried out; a missing MCP server or a broken workflow
 * file is told, and stops only what needs it. [O17] */
export function checkReadiness({ back, servers }: ReadinessDeps): {
  readonly ready: boolean;
  readonly checks: readonly Check[];
} {
  const checks: Check[] = [databaseCheck(back), { name: `planner ${back.planner.name}`, ok: true }];
  for (const broken of back.workflows().broken) {
    checks.push({ name: "workflow file", ok: false, optional: true, why: describeBroken(broken) });
  }
  for (const server of servers.states()) {
    const ok =
      server.status === "ready" ||
      server.status === "idle" ||
      server.status === "starting" ||
      server.status === "disabled";
    const why = ok
      ? {}
      : {
          why:
            server.reason === undefined ? `it is ${server.status}` : `${server.reason.message} ${server.reason.hint}`,
        };
    checks.push({ name: `mcp ${server.name}`, ok, optional: true, ...why });
  }
  return { ready: checks.every((check) => check.ok || check.optional === true), checks };
}

function databaseCheck(back: Back): Check {
  try {
    back.database.get("SELECT 1");
    return { name: "orchestrator database", ok: true };
  } catch (thrown) {
    return { name: "orchestrator database", ok: false, why: thrown instanceof Error ? thrown.message : "unknown" };
  }
}
