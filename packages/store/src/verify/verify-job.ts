import { BroadcastChannel } from "node:worker_threads";
import type { JobReader } from "@kingly/sqlite";
import { verifyFile } from "./verify-file.ts";
import type { VerifyReport } from "./verify-database.ts";

/** What the thread is told. */
export interface VerifyJobInput {
  readonly path: string;
  /** The name of the channel on which it tells how far it is. */
  readonly channel: string;
}

/** Verifies in a reading thread. The job's own snapshot keeps the log of the file whole while it is copied. */
export async function verifyJob(reader: JobReader, { path, channel }: VerifyJobInput): Promise<VerifyReport> {
  const progress = new BroadcastChannel(channel);
  try {
    reader.get("SELECT count(*) AS tables FROM sqlite_schema");
    return await verifyFile(path, {
      onProgress(now) {
        reader.throwIfStopped();
        progress.postMessage(now);
      },
    });
  } finally {
    progress.close();
  }
}
