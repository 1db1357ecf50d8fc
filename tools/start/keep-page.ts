import { join } from "node:path";
import { buildPage, pageIsFresh } from "./build-page.ts";
import type { Terminal } from "./terminal.ts";

/** The page, kept as new as its sources. */
export interface PageKeeper {
  /** Builds the page if it is stale; one build after the other. */
  renew(): void;
  /** Resolves when nothing is being built; never rejects. */
  settled(): Promise<void>;
  close(): void;
}

/** Creates the keeper. A page that cannot be built is told in one sentence and stops nothing else. */
export function keepPage(options: {
  readonly root: string;
  readonly runPath: string;
  readonly terminal: Terminal;
  /** Says so each time a page was built, not only the first time. */
  readonly tellsEach: boolean;
}): PageKeeper {
  const { root, terminal } = options;
  const logPath = join(options.runPath, "page.log");
  const closing = new AbortController();
  let work = Promise.resolve();
  let renewals = 0;
  return {
    renew() {
      renewals += 1;
      const isFirst = renewals === 1;
      if (isFirst && !pageIsFresh(root)) terminal.fact("page", "is being built");
      work = work.then(async () => {
        if (closing.signal.aborted) return;
        const outcome = await buildPage({ root, logPath, signal: closing.signal });
        if (closing.signal.aborted) return;
        if (outcome.state === "built" && !isFirst && options.tellsEach)
          terminal.note("The page is built; load it again.");
        if (outcome.state === "failed") {
          terminal.problem(
            `The page could not be built (${outcome.why}); the HTTP routes work without it. Log: ${logPath}`,
          );
        }
      });
    },
    settled: () => work,
    close: () => closing.abort(),
  };
}
