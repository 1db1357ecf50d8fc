import { doubtful } from "../candidate.ts";
import type { ReadIntent } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import { doubtIn } from "../guards.ts";
import { nameList } from "../name-list.ts";
import { limits } from "../limits.ts";
import { offerWorkflow } from "../offers.ts";
import { findThings, named } from "../things.ts";

/** Reads the wish to start a workflow that the view knows, by its name or id: "run the weekly review". [RX8]
 *
 * A name nobody knows is asked back when the person said "workflow"; else it is not a workflow at all. */
export const readWorkflow: ReadIntent = ({ heard, view, language }) => {
  const slot = language.books.workflow.match(heard.tokens)?.slots["name"];
  if (slot === undefined) return undefined;
  const { words } = named(slot, language);
  const saysWorkflow = slot.some((token) => language.sets.workflowWords.has(token.key));
  const known = view.workflows.map(({ id, name }) => ({ id, title: name, status: "" }));
  const found = findThings(known, words, language);
  const [only] = found;
  if (only === undefined && !saysWorkflow) return undefined;
  const why = "workflow: start it by its name";
  const doubt = doubtIn(heard.tokens, language);
  if (doubt !== undefined) return doubtful("workflow_start", confidence.doubtful, `${why}, but ${doubt}`);
  if (only === undefined && view.workflowsHeard === false) {
    return doubtful("workflow_start", confidence.doubtful, `${why}, but which there are is not known yet`);
  }
  const { replies } = language.language;
  if (only === undefined || found.length > 1) {
    const text =
      only === undefined
        ? replies.workflowUnknown(nameList(known, language))
        : replies.ambiguous(nameList(found, language));
    const offers = found.slice(0, limits.maxNamed).map((thing) => offerWorkflow(thing, language));
    return { intent: "workflow_start", confidence: confidence.clear, text, offers, why: `${why}, which is not clear` };
  }
  const { text, commands } = offerWorkflow(only, language);
  return { intent: "workflow_start", confidence: confidence.clear, text, commands, why };
};
