import type { Acceptor } from "./accepting.ts";

/** Refuses: no step of any workflow waits for a decision yet, and a decision about nothing must not look taken. [O10] */
export const acceptApprove: Acceptor<"approve"> = (command) => ({
  code: "nothing_to_approve",
  message: `${command.target_id} does not wait for a decision.`,
  recovery: "Look at the list of runs for what waits.",
});
