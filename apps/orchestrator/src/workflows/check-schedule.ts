import { isQueueError, parseCron } from "@kingly/queue";
import { checkInputs } from "@kingly/workflow";
import type { Definition, Finding } from "@kingly/workflow";

/** Checks that each scheduled start has a cron expression that the queue knows, and inputs that fit. [O37] */
export function checkSchedule(definition: Definition): readonly Finding[] {
  return (definition.triggers.schedule ?? []).flatMap(({ cron, inputs = {} }, index): readonly Finding[] => {
    const path = `/triggers/schedule/${index}`;
    const why = cronFault(cron);
    if (why !== undefined) {
      const hint = "Give five fields in UTC: minute hour day month weekday, such as 0 9 * * 1.";
      return [{ code: "wrong_value", message: why, path: `${path}/cron`, hint }];
    }
    const checked = checkInputs(definition, inputs);
    return checked.ok ? [] : checked.problems.map((problem) => ({ ...problem, path: `${path}/inputs` }));
  });
}

function cronFault(cron: string): string | undefined {
  try {
    parseCron(cron);
    return undefined;
  } catch (thrown) {
    if (isQueueError(thrown)) return thrown.message;
    throw thrown;
  }
}
