/** The key under which only one job of its type lives: the parts, within their workspace.
 *
 * Cids, and the ids that derive from them, are unique in a workspace only. No id holds a `/`. */
export function jobKey(workspaceId: string, ...parts: readonly (string | number)[]): string {
  return [workspaceId, ...parts].join("/");
}
