import type { Handler } from "@kingly/queue";
import type { Back } from "../back.ts";
import { askForFacts } from "../facts/ask-for-facts.ts";
import { findFacts } from "../facts/find-facts.ts";
import type { Fact } from "../facts/fact.ts";
import { jobWorkspace } from "./job-cause.ts";
import type { Jobs } from "./jobs.ts";

/** Learns what a text states, into the graph, with who said it and where: what people say is surer than what models say,
 * and what is contradicted is closed by its time. [O47] */
export function createFactsLearn(back: Back): Handler<Jobs["facts_learn"], "facts_learn"> {
  const find = async (
    workspaceId: string,
    { text, speaker }: Jobs["facts_learn"],
    signal: AbortSignal,
  ): Promise<readonly Fact[]> => {
    const { brains } = back.mind;
    // The patterns are for what people say; a model's own words may say anything.
    const byRules = (): readonly Fact[] => (speaker === "user" ? findFacts(text) : []);
    if (!brains.has("facts")) return byRules();
    try {
      return (await askForFacts(brains, { workspaceId, text, signal })) ?? byRules();
    } catch (thrown) {
      signal.throwIfAborted();
      back.log.warn("the model found no facts; rules look", {
        why: thrown instanceof Error ? thrown.message : "unknown",
      });
      return byRules();
    }
  };
  return async (job, { signal }) => {
    const workspaceId = jobWorkspace(job);
    const { source, speaker } = job.payload;
    const facts = await find(workspaceId, job.payload, signal);
    if (facts.length === 0) return undefined;
    return (unit) => {
      for (const { from, relationType, to, fact, validFromMs, validToMs } of facts) {
        back.store.relations.state(
          unit,
          {
            workspaceId,
            from,
            relationType,
            to,
            fact,
            confidence: speaker === "user" ? 0.9 : 0.5,
            provenance: { utteranceId: source, speaker },
            ...(validFromMs === undefined ? {} : { validFromMs }),
            ...(validToMs === undefined ? {} : { validToMs }),
          },
          // Nobody waits for it: it answers no command.
          { origin: "system" },
        );
      }
    };
  };
}
