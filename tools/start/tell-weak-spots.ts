import { readReadiness } from "./read-readiness.ts";
import type { Terminal } from "./terminal.ts";

const lookAgainMs = 5000;

/** Tells what does not work though the rest does: a broken workflow file, an MCP server that is not there. Each once.
 *
 * It looks now and 5 s later, when the MCP servers, which start behind the first answer, had their time. */
export function tellWeakSpots(orchestratorPort: number, terminal: Terminal): void {
  const told = new Set<string>();
  const look = async (): Promise<void> => {
    const { weakSpots } = await readReadiness(orchestratorPort);
    for (const spot of weakSpots) {
      if (!told.has(spot)) terminal.problem(`Not well: ${spot}`);
      told.add(spot);
    }
  };
  void look();
  setTimeout(() => void look(), lookAgainMs).unref();
}
