import type { Candidate, ReadIntent, Scene } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import { joinLimited } from "../name-list.ts";
import { stateLine } from "../state-line.ts";

/** Reads the wish to see the tasks, all or those of one status; answered from the view. [RX11] */
export const readList: ReadIntent = (scene) => {
  const { heard, language } = scene;
  const match = language.books.list.match(heard.tokens);
  if (match === undefined) return undefined;
  const { statuses } = language.language;
  const filter = (match.slots["which"] ?? []).map((token) => token.key).join(" ");
  return filter === "" || Object.hasOwn(statuses, filter) ? tellTasks(scene, filter) : undefined;
};

/** Lists the tasks, all or those of a status that the language knows. */
export function tellTasks({ view, language }: Scene, filter: string): Candidate {
  const { replies, statuses } = language.language;
  const wanted = filter === "" ? undefined : statuses[filter];
  const tasks = view.tasks
    .filter((task) => wanted === undefined || wanted.includes(task.status.toLowerCase()))
    .toSorted((a, b) => b.updatedAtMs - a.updatedAtMs);
  const lines = joinLimited(tasks, (task) => stateLine(task, language), language);
  const none = filter === "" ? replies.noTasks : replies.noTasksOf(filter);
  return {
    intent: "task_list",
    confidence: confidence.sure,
    text: tasks.length === 0 ? none : `${replies.tasks(tasks.length)} ${lines}.`,
    why: "list: the tasks of the view",
  };
}
