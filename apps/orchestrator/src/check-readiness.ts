import type { Servers } from "@kingly/mcp-batcher/servers";
import type { Back } from "./back.ts";
import { listToolsApprovals } from "./servers/tools-approval.ts";
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
  /** What is wrong with the settings file since it was last changed. */
  readonly settingsFault?: () => string | undefined;
}

/** Says what works. Ready means that commands are accepted and carried out; a missing MCP server or a broken workflow
 * file is told, and stops only what needs it. [O17] */
export function checkReadiness({ back, servers, settingsFault }: ReadinessDeps): {
  readonly ready: boolean;
  readonly checks: readonly Check[];
} {
  const checks: Check[] = [databaseCheck(back), { name: `planner ${back.planner.name}`, ok: true }];
  for (const { name, provider, model, breaker, tokensToday, usdToday } of back.mind.brains.states()) {
    const spent = `${tokensToday} tokens, ${usdToday.toFixed(4)} US dollars today`;
    const why =
      breaker === "closed" ? `${provider} ${model}; ${spent}` : "It failed too often; it is asked again soon.";
    checks.push({ name: `model ${name}`, ok: breaker === "closed", optional: true, why });
  }
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
    // It works, but for what needs more than was consented to. Never the address itself: everybody can read this.
    if (ok && server.authorizationUrl !== undefined) {
      const authorize = `node apps/orchestrator/src/servers-command.ts authorize ${server.name}`;
      const missing = `Some of its tools need a further consent. Authorize it: ${authorize}`;
      checks.push({ name: `mcp ${server.name} scope`, ok: false, optional: true, why: missing });
    }
  }
  for (const { id, server, tools } of listToolsApprovals(servers)) {
    const names = tools.map(({ name }) => name).join(", ");
    const why = `The descriptions of ${names} are not the approved ones. Read them in the list of servers; ap:${id}|yes approves them.`;
    checks.push({ name: `mcp ${server} tools`, ok: false, optional: true, why });
  }
  const fault = settingsFault?.();
  if (fault !== undefined) checks.push({ name: "settings", ok: false, optional: true, why: fault });
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
