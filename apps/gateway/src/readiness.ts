import { checkFrontModel } from "./front-model/front-model-state.ts";
import type { FrontModelState } from "./front-model/front-model-state.ts";
import type { Workspace } from "./workspace.ts";

/** One thing that must work, or that is only missed (`optional`), and why it does not. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly optional?: boolean;
  readonly why?: string;
  /** What it is like when it works, in a few words. */
  readonly detail?: string;
}

/** Says whether Kingly can do its main job: the gateway itself, the link, and all that the back says of itself. [G14][G82] */
export async function checkReadiness(
  open: () => Promise<Workspace | undefined>,
  frontModel?: FrontModelState,
): Promise<{ readonly ready: boolean; readonly checks: readonly Check[] }> {
  const workspace = open();
  const front = frontModel === undefined ? [] : [checkFrontModel(frontModel)];
  const checks = [await checkJournal(workspace), ...front, ...(await checkBack(workspace))];
  return { ready: checks.every((check) => check.ok || check.optional === true), checks };
}

async function checkJournal(opening: Promise<Workspace | undefined>): Promise<Check> {
  const name = "gateway journal";
  try {
    const workspace = await opening;
    await workspace?.probeJournal();
    return { name, ok: true };
  } catch (thrown) {
    return { name, ok: false, why: thrown instanceof Error ? thrown.message : "unknown" };
  }
}

async function checkBack(opening: Promise<Workspace | undefined>): Promise<readonly Check[]> {
  const away = (why: string): readonly Check[] => [
    { name: "link", ok: false, why: `The orchestrator is not reached: ${why}. Commands are kept until it is.` },
  ];
  try {
    const workspace = await opening;
    const answer = await workspace?.ask("readiness", {});
    if (answer?.ok === true && Array.isArray(answer.value)) {
      return [{ name: "link", ok: true }, ...(answer.value as Check[])];
    }
    return away(answer?.ok === false ? answer.error.message : "it gave no answer");
  } catch {
    return away("the journal could not be opened");
  }
}
