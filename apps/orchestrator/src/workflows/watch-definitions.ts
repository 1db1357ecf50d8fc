import { watch } from "node:fs";

/** Looks at a folder of definitions whenever the disk says that it has changed, so that what is scheduled, or broken, is
 * known without anybody asking. Where a disk cannot tell, the next start looks all the same. Call the answer to stop. [O9] */
export function watchDefinitions(folder: string, look: () => void): () => void {
  try {
    const watcher = watch(folder, { persistent: false }, () => look());
    // The folder may be taken away under it.
    watcher.on("error", () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => {};
  }
}
