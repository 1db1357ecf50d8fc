import type { Servers } from "@kingly/mcp-batcher/servers";

/** Creates the question whether a server says of a tool that calling it twice is the same as once: `readOnlyHint` or
 * `idempotentHint`. What nobody can say is no. [O36]
 *
 * Each server is asked once for each life of its process; a server that does not answer is asked again the next time. */
export function createMayRepeat(servers: Pick<Servers, "listTools" | "onState">): {
  mayRepeat(server: string, tool: string): Promise<boolean>;
  close(): void;
} {
  // As many as there are servers in the settings.
  const known = new Map<string, Promise<ReadonlySet<string>>>();
  // Another process, or an approval, may mean other tools; a list that is known costs nothing to ask for.
  const stop = servers.onState(({ name }) => void known.delete(name));
  const ask = async (server: string): Promise<ReadonlySet<string>> => {
    try {
      const tools = await servers.listTools(server);
      return new Set(tools.filter((tool) => tool.isIdempotent).map(({ name }) => name));
    } catch {
      known.delete(server);
      return new Set();
    }
  };
  return {
    async mayRepeat(server, tool) {
      const asked = known.get(server) ?? ask(server);
      known.set(server, asked);
      const repeatable = await asked;
      return repeatable.has(tool);
    },
    close: stop,
  };
}
