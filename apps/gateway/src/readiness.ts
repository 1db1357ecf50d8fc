import type { Workspace } from "./workspace.ts";

/** One thing that must work, or that is only missed (`optional`), and why it does not. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly optional?: boolean;
  readonly why?: string;
}

/** Says whether Kingly can do its main job: the gateway itself, the link, and all that the back says of itself. [G14] */
export async function checkReadiness(
  open: () => Promise<Workspace | undefined>,
): Promise<{ readonly ready: boolean; readonly checks: readonly Check[] }> {
  const checks: Check[] = [];
  try {
    const workspace = await open();
    checks.push({ name: "gateway journal", ok: true });
    const answer = await workspace?.ask("readiness", {});
    if (answer?.ok === true && Array.isArray(answer.value)) {
      checks.push({ name: "link", ok: true }, ...(answer.value as Check[]));
    } else {
      const why = answer?.ok === false ? answer.error.message : "it gave no answer";
      checks.push({
        name: "link",
        ok: false,
        why: `The orchestrator is not reached: ${why}. Commands are kept until it is.`,
      });
    }
  } catch (thrown) {
    checks.push({ name: "gateway journal", ok: false, why: thrown instanceof Error ? thrown.message : "unknown" });
  }
  return { ready: checks.every((check) => check.ok || check.optional === true), checks };
}
