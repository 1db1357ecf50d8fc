import type { ReadIntent } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import { limits } from "../limits.ts";
import { nameList } from "../name-list.ts";
import { offerWorkflow } from "../offers.ts";
import type { Thing } from "../things.ts";

/** Reads a phrase with which a workflow of the view is started, word for word but for case, spaces, "_", "-" and closing
 * signs. A phrase of several workflows is asked back. [RX24] */
export const readWorkflowPhrase: ReadIntent = ({ heard, view, language }) => {
  const withPhrases = view.workflows.filter(({ phrases = [] }) => phrases.length > 0);
  if (withPhrases.length === 0) return undefined;
  const said = plain(heard.text);
  const found = withPhrases
    .filter(({ phrases = [] }) => phrases.some((phrase) => plain(phrase) === said))
    .map(({ id, name }): Thing => ({ id, title: name, status: "" }));
  const [only] = found;
  if (only === undefined) return undefined;
  const why = "workflow: the words that start it";
  const offers = found.slice(0, limits.maxNamed).map((thing) => offerWorkflow(thing, language));
  if (found.length > 1) {
    const text = language.language.replies.ambiguous(nameList(found, language));
    return { intent: "workflow_start", confidence: confidence.sure, text, offers, why: `${why}, but of several` };
  }
  const { text, commands } = offerWorkflow(only, language);
  return { intent: "workflow_start", confidence: confidence.sure, text, commands, why };
};

// "draft_ready" is written as a name and said as words.
function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, " ")
    .replaceAll(/^[\s"'“”]+|[\s.!?"'“”]+$/g, "");
}
