import { doubtful } from "../candidate.ts";
import type { ReadIntent } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import { doubtIn } from "../guards.ts";
import { trimPunctuation } from "../title.ts";
import { tokensToText } from "../token.ts";
import type { Token } from "../token.ts";

/** Reads the wish to plan a project: "plan project MyApp for web and mobile" starts `project_planning`. [RX8]
 *
 * `name` keeps its case; `scope` is what follows "for", its parts joined by a comma, absent when nothing does. */
export const readPlan: ReadIntent = ({ heard, language }) => {
  const match = language.books.plan.match(heard.tokens);
  const nameTokens = match?.slots["name"];
  if (nameTokens === undefined) return undefined;
  const why = "plan: a project";
  const doubt = doubtIn(heard.tokens, language);
  const name = trimPunctuation(tokensToText(nameTokens));
  const scope = scopeOf(match?.slots["scope"] ?? [], language.sets.joining);
  if (doubt !== undefined) return doubtful("plan", confidence.doubtful, `${why}, but ${doubt}`);
  const isSentence = heard.tokens.some((token) => language.sets.finite.has(token.key));
  if (name === "" || isSentence || nameTokens.every((token) => language.sets.vague.has(token.key))) {
    return doubtful("plan", confidence.doubtful, `${why}, but it has no name`);
  }
  return {
    intent: "plan",
    confidence: confidence.clear,
    text: language.language.replies.plan(name),
    commands: [
      { op: "workflow_start", workflow_id: "project_planning", params: scope === "" ? { name } : { name, scope } },
    ],
    why,
  };
};

function scopeOf(tokens: readonly Token[], joining: ReadonlySet<string>): string {
  const parts: string[][] = [[]];
  for (const token of tokens) {
    if (joining.has(token.key)) {
      parts.push([]);
      continue;
    }
    parts.at(-1)?.push(token.text);
    if (token.text.endsWith(",")) parts.push([]);
  }
  return parts
    .map((words) => trimPunctuation(words.join(" ")))
    .filter((part) => part !== "")
    .join(",");
}
