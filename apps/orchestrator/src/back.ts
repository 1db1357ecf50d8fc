import type { Clock, Log } from "@kingly/runtime";
import type { Queue } from "@kingly/queue";
import type { Database } from "@kingly/sqlite";
import type { Store } from "@kingly/store";
import type { Batcher } from "@kingly/mcp-batcher";
import type { Contexts } from "./context/contexts.ts";
import type { Jobs } from "./jobs/jobs.ts";
import type { Mind } from "./mind/mind.ts";
import type { Planner } from "./planner/planner.ts";
import type { Offers } from "./predictions/offers.ts";
import type { ServerQuestions } from "./servers/server-questions.ts";
import type { ToolsApproval } from "./servers/tools-approval.ts";
import type { Workflows } from "./workflows/load-workflows.ts";

/** What every step of the back works with; made once, in main. */
export interface Back {
  readonly clock: Clock;
  readonly log: Log;
  readonly database: Database;
  readonly store: Store;
  readonly queue: Queue<Jobs>;
  readonly planner: Planner;
  readonly batcher: Batcher;
  /** Models, their limits, and what they may do. [O41] */
  readonly mind: Mind;
  /** Whether the server of a tool says that calling it twice is the same as once. [O36] */
  mayRepeat(server: string, tool: string): Promise<boolean>;
  /** Descriptions of tools that wait for a person, and the way to let them pass. [O82] */
  readonly toolsApprovals?: {
    list(): readonly ToolsApproval[];
    approve(approval: ToolsApproval): void;
  };
  /** What servers ask a person while their tools run. [O89] */
  readonly serverQuestions?: Pick<ServerQuestions, "list" | "decide">;
  /** What replies offer, for who suggests. [O73] */
  readonly offers: Offers;
  /** Whether the store has an embedder: then memories that matter are brought into its vectors by a job. [O34] */
  readonly embeds: boolean;
  /** The definitions as they are now; they are read again when their files change. */
  workflows(): Workflows;
  /** What is known about things, loaded by depth and kept until it changes. [O60] */
  readonly contexts: Contexts;
}
