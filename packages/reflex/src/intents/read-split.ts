import type { Candidate, ReadIntent } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import { pickOne } from "../pick-one.ts";
import type { Offer } from "../offer.ts";
import { offerSplit } from "../offers.ts";
import { isActive } from "../things.ts";
import type { Thing } from "../things.ts";

/** Reads the wish to split a task: "split the auth task", "break down billing into steps". [RX10] */
export const readSplit: ReadIntent = (scene) => {
  const { heard, view, language } = scene;
  const slot = language.books.split.match(heard.tokens)?.slots["thing"];
  if (slot === undefined) return undefined;
  const tasks = new Set(view.tasks.map((task) => task.id));
  const suits = (thing: Thing): boolean => tasks.has(thing.id) && isActive(thing, language);
  const offer = (thing: Thing): Offer => offerSplit(thing, language);
  const act = (task: Thing): Candidate => {
    const { text, commands } = offer(task);
    return {
      intent: "task_split",
      confidence: confidence.clear,
      text,
      commands,
      why: "split: the one task that is meant",
    };
  };
  return pickOne(scene, slot, "task_split", suits, act, offer);
};
