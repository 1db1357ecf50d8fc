import { definitionFiles, loadWorkflows } from "./load-workflows.ts";
import type { Workflows } from "./load-workflows.ts";

/** Gives the workflows as their files are now: an edited definition counts from the next start on; runs keep theirs. [O9]
 *
 * Names, sizes and times of the files are looked at on each call, and the files read only when one of these changed.
 * A watch would be told later than the person who saves and starts, on some disks never. */
export function createCurrentWorkflows(
  folders: readonly string[],
  onLoaded: (workflows: Workflows) => void,
): () => Workflows {
  let loaded: Workflows | undefined;
  let signature = "";
  return () => {
    const files = folders.map((folder) => definitionFiles(folder));
    const now = JSON.stringify(files);
    if (loaded === undefined || now !== signature) {
      signature = now;
      loaded = loadWorkflows(files);
      onLoaded(loaded);
    }
    return loaded;
  };
}
