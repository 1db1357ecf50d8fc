import type { Servers } from "@kingly/mcp-batcher/servers";
import type { Brains } from "./brains.ts";
import type { Policy } from "./decide-call.ts";
import type { MindSettings } from "./mind-settings.ts";
import type { Scrub } from "./scrub.ts";
import type { Works } from "./works.ts";

/** What the work of tasks needs beside the back. */
export interface Mind {
  readonly settings: MindSettings;
  readonly brains: Brains;
  readonly works: Works;
  readonly policy: Policy;
  readonly scrub: Scrub;
  /** Takes other servers of the settings into account: their secrets, and whether those that ship are still what they were. */
  learn(config: {
    readonly mcpServers: Readonly<Record<string, object>>;
    readonly shippedServers?: readonly string[];
  }): void;
  readonly servers: Pick<Servers, "states" | "listTools">;
}
