import type { ReadIntent } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import { pickOne } from "../pick-one.ts";
import { isActive } from "../things.ts";

/** Reads the wish to split a task: "split the auth task", "break down billing into steps". [RX10] */
export const readSplit: ReadIntent = (scene) => {
  const { heard, view, language } = scene;
  const slot = language.books.split.match(heard.tokens)?.slots["thing"];
  if (slot === undefined) return undefined;
  const tasks = new Set(view.tasks.map((task) => task.id));
  const suits = (thing: Parameters<typeof isActive>[0]): boolean => tasks.has(thing.id) && isActive(thing, language);
  return pickOne(scene, slot, "task_split", suits, (task) => ({
    intent: "task_split",
    confidence: confidence.clear,
    text: language.language.replies.split(task.title),
    commands: [{ op: "task_split", task_id: task.id }],
    why: "split: the one task that is meant",
  }));
};
