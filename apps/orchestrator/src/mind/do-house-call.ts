import type { TaskStatus } from "@kingly/store";
import { cutText } from "../cut-text.ts";
import type { CallStep } from "./work.ts";
import type { Working } from "./work-task.ts";

const maxNotes = 20;
const maxFound = 8;
const maxText = 500;

/** Does a call of a function of the house; what it changes stands with the row that says so, once. [O43] */
export async function doHouseCall(working: Working, call: CallStep): Promise<void> {
  const { back, work, keep } = working;
  const { works } = back.mind;
  const args = call.args as Readonly<Record<string, string>>;
  const answer = async (text: string): Promise<void> => {
    await keep((unit) => works.setCall(unit, work, call.seq, "answered", back.mind.scrub.clean(text)));
  };
  switch (call.name) {
    case "remember":
      return remember(working, call, args["key"] ?? "", args["value"] ?? "");
    case "recall": {
      const hits = await back.store.heavy.memory.hybrid(work.workspaceId, args["query"] ?? "", { limit: maxFound });
      const found = hits.map(({ memory: { key, value, provenance } }) => ({
        key,
        by: provenance.speaker ?? "unknown",
        text: cutText(typeof value === "string" ? value : JSON.stringify(value), maxText),
      }));
      return answer(found.length === 0 ? "Nothing is remembered about that." : JSON.stringify(found, null, 1));
    }
    case "list_tasks": {
      const { status } = args;
      const filter = status === undefined ? {} : { status: status as TaskStatus };
      const page = await back.store.tasks.list(work.workspaceId, { limit: 50, ...filter });
      const items = page.items.map(({ id, title, status: state }) => ({
        id,
        title: cutText(title, 200),
        status: state,
      }));
      return answer(JSON.stringify(items));
    }
    case "propose_next":
      return answer("It will be proposed to the person.");
    default:
      return answer("It is noted.");
  }
}

/** Keeps a note of a model: under keys of its own, with who said it and from what, and less sure than what people say. */
async function remember({ back, work, keep }: Working, call: CallStep, key: string, value: string): Promise<void> {
  const { works } = back.mind;
  const noteKey = `note:${key}`;
  await keep((unit) => {
    const refuse = (why: string): void => works.setCall(unit, work, call.seq, "refused", why);
    const present = back.store.memory.recall(work.workspaceId, noteKey, unit);
    if (present !== undefined && present.category !== "note") return refuse("A person has said something there.");
    const steps = works.steps(work, unit);
    const notes = steps.filter((step) => step.kind === "call" && step.name === "remember" && step.state === "answered");
    if (notes.length >= maxNotes) return refuse(`There are ${maxNotes} notes of this task already.`);
    const tools = toolsOf(steps);
    back.store.memory.remember(
      unit,
      {
        workspaceId: work.workspaceId,
        key: noteKey,
        value,
        category: "note",
        confidence: 0.5,
        significance: 0.3,
        speaker: `model:${work.brain}`,
        metadata: { task: work.taskId, tools, origin: work.origin },
        ...(work.turnId === undefined ? {} : { utteranceId: work.turnId }),
      },
      { origin: "model", ...(work.cid === undefined ? {} : { cid: work.cid }) },
    );
    return works.setCall(unit, work, call.seq, "answered", "It is kept.");
  });
}

/** The tools that have answered, each once: what the words of a model may come from. */
export function toolsOf(steps: ReturnType<Working["back"]["mind"]["works"]["steps"]>): string[] {
  const names = steps.flatMap((step) =>
    step.kind === "call" && step.server !== undefined && step.state === "answered"
      ? [`${step.server}.${step.tool ?? ""}`]
      : [],
  );
  return [...new Set(names)].slice(0, 50);
}
