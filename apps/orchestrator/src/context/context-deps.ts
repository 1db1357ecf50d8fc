import type { Back } from "../back.ts";
import type { KnownRelationships } from "./known-relationships.ts";

/** What contexts are made from. */
export type ContextDeps = Pick<Back, "clock" | "database" | "store" | "workflows">;

/** What their sources are read from: relationships are known from before. */
export type SourceDeps = ContextDeps & { readonly relationships: KnownRelationships };
