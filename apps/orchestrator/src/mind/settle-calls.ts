import { callHash } from "./call-hash.ts";
import { decideCall } from "./decide-call.ts";
import type { CallVerdict } from "./decide-call.ts";
import { doHouseCall } from "./do-house-call.ts";
import { makeCall } from "./make-call.ts";
import { tellUnknown } from "./tell-unknown.ts";
import type { CallStep } from "./work.ts";
import type { Working } from "./work-task.ts";

/** Brings the calls of an answer to their ends: reads side by side, everything else in order, and nothing that waits for a
 * person, nor what comes after it. [O43][O45] */
export async function settleCalls(working: Working, open: readonly CallStep[]): Promise<"settled" | "waiting"> {
  const ready = await decideAll(working, open);
  for (let place = 0; place < ready.length;) {
    const call = ready[place] as CallStep;
    if (call.state === "asked") return "waiting";
    const together = readsFrom(ready, place);
    working.signal.throwIfAborted();
    if (together.length > 0) {
      await settleAll(together.map((read) => makeCall(working, read)));
      place += together.length;
      continue;
    }
    if (call.effect === "house") await doHouseCall(working, call);
    else await makeCall(working, call);
    place += 1;
  }
  return "settled";
}

// One that fails must not leave the others running behind its back.
async function settleAll(calls: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(calls)).find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

function readsFrom(calls: readonly CallStep[], place: number): readonly CallStep[] {
  const rest = calls.slice(place);
  const end = rest.findIndex(({ effect, state }) => effect !== "read" || state === "asked");
  return end < 0 ? rest : rest.slice(0, end);
}

/** Decides what is not decided: what may not run has ended then, and what a person must decide is asked. A call that was
 * begun in a former life of the process and may not be repeated has ended too: nobody knows how. */
async function decideAll(working: Working, open: readonly CallStep[]): Promise<readonly CallStep[]> {
  const { back, work, keep } = working;
  const { works } = back.mind;
  const decided = open.map((call) => ({ call, next: decide(working, call) }));
  await keep((unit) => {
    for (const { call, next } of decided) {
      if (next === undefined) continue;
      works.setCall(unit, work, call.seq, next.state, next.result);
      if (next.state === "unknown") tellUnknown(back, unit, work, call.seq);
    }
  });
  return decided.flatMap(({ call, next }) =>
    next === undefined ? [call] : next.state === "asked" ? [{ ...call, state: "asked" as const }] : [],
  );
}

function decide(
  working: Working,
  call: CallStep,
): { readonly state: "refused" | "asked" | "unknown"; readonly result?: string } | undefined {
  if (call.effect === "house" || call.state === "asked") return undefined;
  if (call.state === "begun") {
    if (call.idempotent) return undefined;
    const result =
      "The orchestrator stopped while this call was running; nobody knows whether it took effect. Read back before anything like it is done again.";
    return { state: "unknown", result };
  }
  const { verdict, why } = judge(working, call);
  if (verdict === "deny") return { state: "refused", result: `This call was refused: ${why}` };
  // A person has decided about exactly these arguments.
  if (call.state === "approved") {
    const isSame = callHash(`${call.server}.${call.tool}`, call.args) === call.hash;
    return isSame ? undefined : { state: "refused", result: "The arguments are not those that were approved." };
  }
  return verdict === "ask" ? { state: "asked" } : undefined;
}

/** Asks the policy about a call, by what its server says of the tool now. */
export function judge({ back, work, offer }: Working, call: CallStep): CallVerdict {
  const { server = "", tool = "" } = call;
  const described = [...offer.byName.values()].find((each) => each.server === server && each.name === tool);
  if (described === undefined) return { verdict: "deny", why: `The tool ${server}.${tool} is not there now.` };
  return decideCall(back.mind.policy, {
    origin: work.origin,
    server,
    tool,
    isReadOnly: described.isReadOnly && call.effect === "read",
    isDestructive: described.isDestructive,
    args: call.args,
    said: work.prompt.said,
  });
}
