import { estimateTokens } from "@kingly/codec";
import type { LoadedContext, Piece } from "./context.ts";
import type { SourceDeps } from "./context-deps.ts";
import { depths } from "./depths.ts";
import type { Depth } from "./depths.ts";
import { findSubject } from "./find-subject.ts";
import { gather } from "./gather.ts";
import { sourcesOf } from "./sources/sources-of.ts";
import type { Subject } from "./subject.ts";
import { writeContext } from "./write-context.ts";

/** A context, and all that it was made from. */
export interface GatheredContext {
  readonly loaded: LoadedContext;
  readonly subject: Subject;
  readonly read: readonly Piece[];
}

/** Reads a context from the store: its subject, then source after source while budget is left. [O60][O61]
 *
 * `budget` is in tokens, 50 to 32,000; left out, the depth's own. */
export async function gatherContext(
  deps: SourceDeps,
  asked: { readonly workspaceId: string; readonly contextId: string; readonly depth: Depth; readonly budget?: number },
): Promise<GatheredContext> {
  const { workspaceId, contextId, depth } = asked;
  const budget = Math.min(Math.max(50, Math.floor(asked.budget ?? depths[depth].budget)), 32_000);
  const subject = await findSubject(deps, workspaceId, contextId);
  const withIds = depth === "deep";
  const found = await gather(sourcesOf(deps, workspaceId, subject, depth), budget, withIds);
  const text = writeContext(subject, found.sections, withIds);
  const loaded: LoadedContext = {
    workspaceId,
    contextId,
    depth,
    pieces: found.sections.flatMap(({ name, pieces }) => pieces.map((piece) => ({ ...piece, source: name }))),
    text,
    tokens: estimateTokens(text),
    budget,
    complete: found.complete,
    asked: found.asked,
    missing: found.missing,
  };
  return { loaded, subject, read: found.read };
}
