import { BroadcastChannel } from "node:worker_threads";
import { siblingModule } from "@kingly/sqlite";
import type { Database } from "@kingly/sqlite";
import { verifyDatabase } from "./verify-database.ts";
import type { VerifyProgress, VerifyReport } from "./verify-database.ts";

let verifications = 0;

/** Verifies a store that is in use, in a thread and on a copy, so that nothing waits: chain, seals, words, counts. [S102]
 *
 * Rejects with DatabaseError ABORTED or TIMEOUT (an hour). Needs as much free disk again beside the file. */
export async function verifyStore(
  database: Database,
  options: { readonly onProgress?: (progress: VerifyProgress) => void; readonly signal?: AbortSignal } = {},
): Promise<VerifyReport> {
  const { onProgress, signal } = options;
  // A database in memory has no second connection to look at it.
  if (database.path === ":memory:") return verifyDatabase(database, onProgress === undefined ? {} : { onProgress });
  verifications += 1;
  const channel = `kingly-verify-${process.pid}-${verifications}`;
  const progress = new BroadcastChannel(channel);
  progress.addEventListener("message", (message) => {
    if ("data" in message) onProgress?.(message.data as VerifyProgress);
  });
  try {
    return await database.readPool.run<VerifyReport>(
      siblingModule(import.meta.url, "./verify-job"),
      "verifyJob",
      { path: database.path, channel },
      { timeoutMs: 3_600_000, ...(signal === undefined ? {} : { signal }) },
    );
  } finally {
    progress.close();
  }
}
