import { doubtful } from "../candidate.ts";
import type { ReadIntent } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import { doubtIn } from "../guards.ts";
import { title } from "../title.ts";

/** Reads the wish for something complete: "build a complete app". It is created, then split. [RX8]
 *
 * The word of completeness must stand before the product: "build an app with full text search" is a plain task. */
export const readBuild: ReadIntent = ({ heard, language }) => {
  const { books, sets } = language;
  const object = books.build.match(heard.tokens)?.slots["title"];
  if (object === undefined) return undefined;
  const complete = object.findIndex((token) => sets.complete.has(token.key));
  const product = object.findIndex((token) => sets.products.has(token.key));
  const before = object.slice(0, Math.max(0, complete));
  if (complete < 0 || product < complete || before.some((token) => !sets.articles.has(token.key))) return undefined;
  const why = "build: something complete";
  const doubt = doubtIn(heard.tokens, language);
  if (doubt !== undefined) return doubtful("task_build", confidence.doubtful, `${why}, but ${doubt}`);
  const name = title(object, language);
  return {
    intent: "task_build",
    confidence: confidence.clear,
    text: language.language.replies.build(name),
    commands: [
      { op: "task_create", title: name, intent_type: "business_growth", complexity: "high" },
      { op: "task_split", task_id: "auto", confidence: 0.3, reason: "Complex multi-component system" },
    ],
    why,
  };
};
