import { scriptsOfAdding } from "./scripts-of-adding.ts";
import { scriptsOfRunning } from "./scripts-of-running.ts";
import type { Script } from "./stage.ts";

/** Every script, one for each rule. */
export const scripts: readonly Script[] = [...scriptsOfAdding, ...scriptsOfRunning];

/** Rules that no fault can cross, or whose faults are played elsewhere, each with the reason. */
export const outside: Readonly<Record<string, string>> = {
  Q1: "made once, in one transaction; crashes in migrations are proved by @kingly/sqlite",
  Q2: "options are checked before anything happens",
  Q6: "no timer of an idle queue: adding.test.ts; every scenario ends without a timer",
  Q14: "one statement under the same token as Q13: ending.test.ts",
  Q18: "epochs rise: owners.test.ts; every crash scenario takes one",
  Q25: "reads committed state: owners.test.ts",
  Q26: "a migration: first-version.test.ts",
  Q27: "payloads are checked before anything is written: definitions.test.ts",
  Q37: "needs real processes: processes.test.ts",
  Q42: "needs a blocked thread: processes.test.ts",
  Q44: "removes only what is over: keeping.test.ts",
  Q45: "an index kept by triggers in the same unit: keeping.test.ts",
  Q46: "needs real processes: processes.test.ts",
};
