import type { Back } from "../back.ts";
import { houseWorkspace } from "../servers/tell-tools.ts";
import type { AskedCall } from "./asked-calls.ts";

/** The cards of what servers ask, with exactly the values that a yes gives them. They are the whole house's, and stand where
 * the house speaks. [O89] */
export function askedQuestions(
  back: Pick<Back, "serverQuestions">,
  workspaceId: string,
): readonly (AskedCall & { readonly title: string })[] {
  if (workspaceId !== houseWorkspace) return [];
  return (back.serverQuestions?.list() ?? []).map(({ id, server, message, values }) => ({
    id,
    title: `Question of ${server}`,
    message: `${server} asks: ${message}`,
    arguments: values,
  }));
}
