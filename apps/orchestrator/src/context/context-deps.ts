import type { Back } from "../back.ts";

/** What contexts are made from. */
export type ContextDeps = Pick<Back, "clock" | "database" | "store" | "workflows">;
