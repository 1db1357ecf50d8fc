import type { Back } from "../back.ts";
import { houseWorkspace } from "../servers/tell-tools.ts";
import type { AskedCall } from "./asked-calls.ts";

/** The cards of tools whose descriptions have changed, with exactly what they say of themselves now. They are the whole
 * house's, and stand where the house speaks. [O82] */
export function askedTools(
  back: Pick<Back, "toolsApprovals">,
  workspaceId: string,
): readonly (AskedCall & { readonly title: string })[] {
  if (workspaceId !== houseWorkspace) return [];
  return (back.toolsApprovals?.list() ?? []).map(({ id, server, tools }) => ({
    id,
    title: `Tools of ${server}`,
    message: `May ${tools.length === 1 ? "this tool" : `these ${tools.length} tools`} of ${server} be used as described now?`,
    arguments: tools.map(({ name, description = "", inputSchema }) => ({ name, description, inputSchema })),
  }));
}
