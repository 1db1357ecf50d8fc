// The work that is killed half-way: two reads, then one call that waits until it is released, then the end.
import type { MindHouseOptions } from "./mind-house.ts";
import { call, oneShot } from "./mind-house.ts";

/** The options of the house, with the tool that waits. */
export function crashOptions(home: string, tool: string, waits: boolean): MindHouseOptions {
  return {
    home,
    works: false,
    config: { tools: { "rec.*": "allow" }, taskWork: { maxAttempts: 20 } },
    script: [
      oneShot,
      {
        purpose: "work",
        round: 1,
        reply: [call("rec__look", { at: 1 }), call("rec__look", { at: 2 }), call("remember", { key: "k", value: "v" })],
      },
      { purpose: "work", round: 2, reply: [call(`rec__${tool}`, { tag: "money", ...(waits ? { wait: true } : {}) })] },
      { purpose: "work", round: 3, reply: "It is done." },
    ],
  };
}
