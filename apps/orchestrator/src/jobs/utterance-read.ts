import { formatCommand } from "@kingly/codec";
import type { HandlerOptions } from "@kingly/queue";
import type { Unit } from "@kingly/sqlite";
import { acceptIn } from "../accept-command.ts";
import type { Back } from "../back.ts";
import { cutText, cutTitle } from "../cut-text.ts";
import { knownWorkflows } from "../workflows/known-workflows.ts";
import { jobCause, jobWorkspace } from "./job-cause.ts";
import type { Jobs } from "./jobs.ts";

// What is told of each memory, and of the whole reply: it is said to a person, and stands in one line.
const maxRecalled = 400;
const maxSaid = 8000;
// No button shows more.
const maxOffered = 200;

/** Reads what the front did not understand: the planner answers it, or asks one question back. [O8] */
export function createUtteranceRead(back: Back): HandlerOptions<Jobs["utterance_read"], "utterance_read"> {
  const reply = (
    unit: Unit,
    job: {
      readonly id: number;
      readonly payload: Jobs["utterance_read"];
      readonly workspaceId: string | null;
      readonly cid: string | null;
    },
    text: string,
    state: "done" | "failed",
  ): void => {
    const { utteranceId } = job.payload;
    const workspaceId = jobWorkspace(job);
    const cause = jobCause(job, "system", utteranceId);
    const at = back.clock.nowMs();
    const event = { entityType: "utterance", entityId: utteranceId };
    const said = { utterance_id: utteranceId, text, by: "orchestrator", state, at };
    back.store.events.append(unit, workspaceId, { ...event, eventType: "reply", payload: said }, cause);
    const status = { entity_id: utteranceId, status: state === "done" ? "completed" : "failed", progress: 1 };
    back.store.events.append(unit, workspaceId, { ...event, eventType: "status_update", payload: status }, cause);
  };
  return {
    async handle(job, { signal }) {
      const workspaceId = jobWorkspace(job);
      const { text, utteranceId } = job.payload;
      const page = await back.store.tasks.list(workspaceId, { limit: 50 });
      const recalled = await back.store.heavy.memory.hybrid(workspaceId, text, { limit: 5 });
      const context = {
        recall: recalled.map(({ memory: { value, updatedAtMs } }) => ({
          text: cutText(typeof value === "string" ? value : JSON.stringify(value), maxRecalled),
          atMs: updatedAtMs,
        })),
        tasks: page.items.map(({ id, title, status }) => ({ id, title, status })),
        workflows: knownWorkflows(back),
      };
      const reading = await back.planner.read(text, context, { workspaceId, signal });
      const { offer } = reading;
      return (unit) => {
        if (offer !== undefined && offer.length <= maxOffered) {
          unit.afterCommit(() => back.offers.tell({ workspaceId, turnId: utteranceId, say: offer }));
        }
        for (const [index, command] of reading.commands.entries()) {
          // 16 signs at most: the cid's first 13, then where it came from and its place.
          const cid = `${(job.cid ?? String(job.id)).slice(0, 13)}p${index}`;
          acceptIn(back, unit, workspaceId, {
            cid,
            line: formatCommand({ ...command, cid }),
            origin: "model",
            turnId: utteranceId,
          });
        }
        reply(
          unit,
          job,
          cutTitle(back.mind.scrub.clean(reading.say), maxSaid) || "I have nothing to say to that.",
          "done",
        );
      };
    },
    onDead: (job) => (unit) =>
      reply(unit, job, "I could not read that; something here is broken. Please say it in other words.", "failed"),
  };
}
