import type { ReadIntent } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import { joinLimited } from "../name-list.ts";
import { stateLine } from "../state-line.ts";

/** Reads the wish to see the tasks, all or those of one status; answered from the view. [RX11] */
export const readList: ReadIntent = ({ heard, view, language }) => {
  const match = language.books.list.match(heard.tokens);
  if (match === undefined) return undefined;
  const { replies, statuses } = language.language;
  const filter = (match.slots["which"] ?? []).map((token) => token.key).join(" ");
  const wanted = Object.hasOwn(statuses, filter) ? statuses[filter] : undefined;
  if (filter !== "" && wanted === undefined) return undefined;
  const tasks = view.tasks
    .filter((task) => wanted === undefined || wanted.includes(task.status.toLowerCase()))
    .toSorted((a, b) => b.updatedAtMs - a.updatedAtMs);
  const lines = joinLimited(
    tasks.map((task) => stateLine(task, language)),
    language,
  );
  const none = filter === "" ? replies.noTasks : replies.noTasksOf(filter);
  return {
    intent: "task_list",
    confidence: confidence.sure,
    text: tasks.length === 0 ? none : `${replies.tasks(tasks.length)} ${lines}.`,
    why: "list: the tasks of the view",
  };
};
