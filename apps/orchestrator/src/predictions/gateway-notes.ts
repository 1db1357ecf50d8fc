/** The gateways of each workspace, and the way to tell them what is true now. */
export interface GatewayNotes {
  /** A gateway comes; the function it gets is called when it goes. */
  join(workspaceId: string, note: (body: object) => void): () => void;
  tell(workspaceId: string, body: object): void;
}

/** Creates the list; notes are not kept: who comes later is told nothing. */
export function createGatewayNotes(): GatewayNotes {
  const byWorkspace = new Map<string, Set<(body: object) => void>>();
  return {
    join(workspaceId, note) {
      const gateways = byWorkspace.get(workspaceId) ?? new Set();
      byWorkspace.set(workspaceId, gateways);
      gateways.add(note);
      return () => {
        gateways.delete(note);
        if (gateways.size === 0) byWorkspace.delete(workspaceId);
      };
    },
    tell(workspaceId, body) {
      for (const note of byWorkspace.get(workspaceId) ?? []) note(body);
    },
  };
}
