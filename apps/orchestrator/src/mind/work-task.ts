import { LlmError } from "@kingly/llm";
import type { JobContext } from "@kingly/queue";
import type { Unit } from "@kingly/sqlite";
import { cutText } from "../cut-text.ts";
import type { Back } from "../back.ts";
import { isBreakerOpen } from "./brains.ts";
import type { BrainAnswer } from "./brains.ts";
import type { Purse } from "./budget-room.ts";
import { findLimit } from "./find-limit.ts";
import type { Stop } from "./find-limit.ts";
import { houseTools } from "./house-tools.ts";
import { toMessages } from "./messages.ts";
import { readOffer } from "./offered-tools.ts";
import type { Offer } from "./offered-tools.ts";
import type { WorkLimits } from "./mind-settings.ts";
import { readCall } from "./read-call.ts";
import { answerByRules } from "./rule-brain.ts";
import { settleCalls } from "./settle-calls.ts";
import { endedCalls } from "./work.ts";
import type { AnswerStep, CallStep, Prompt, Step, Work } from "./work.ts";

/** How a stretch of work ended: with a result, with a reason, or before a person who decides. */
export type WorkEnd =
  | { readonly kind: "done"; readonly text: string; readonly brain: string; readonly steps: readonly Step[] }
  | ({ readonly kind: "stopped" } & Stop)
  | { readonly kind: "waiting" };

/** What one stretch of work has at hand. */
export interface Working {
  readonly back: Back;
  readonly work: Work & { readonly prompt: Prompt };
  readonly title: string;
  readonly offer: Offer;
  readonly signal: AbortSignal;
  /** Writes while the work is still ours; throws when it was cancelled or taken by another process. */
  readonly keep: <T>(write: (unit: Unit) => T) => Promise<T>;
}

const answerDeadlineMs = 300_000;
const maxNote = 400;
// How long work waits for models that failed too often, before it looks again whether it may ask.
const shortestWaitMs = 1000;
const longestWaitMs = 60_000;

/** Works a task until it ends, stops, or waits for a person: asks, calls, tells, and writes each answer before it is acted
 * upon and each call before it is made. Where a process died it goes on with what is written. [O43] */
export async function workTask(start: Omit<Working, "offer">, report: JobContext["report"]): Promise<WorkEnd> {
  const { back, work, signal } = start;
  const { mind, clock } = back;
  const sinceMs = clock.nowMs();
  const { tools } = mind.policy;
  const isDenied = (server: string, tool: string): boolean =>
    ((Object.hasOwn(tools, `${server}.${tool}`) ? tools[`${server}.${tool}`] : undefined) ??
      (Object.hasOwn(tools, `${server}.*`) ? tools[`${server}.*`] : undefined)) === "deny";
  for (;;) {
    signal.throwIfAborted();
    const offer = await readOffer({ servers: mind.servers, log: back.log, scrub: mind.scrub }, isDenied, signal);
    const working: Working = { ...start, offer };
    const steps = mind.works.steps(work);
    const ended = endOf(steps);
    if (ended !== undefined) return ended;
    const limits = mind.settings.taskWork;
    const spent = mind.works.spent(work.workspaceId, work.rootId);
    const limit = findLimit(limits, { steps, workedMs: work.workedMs + clock.nowMs() - sinceMs, spent });
    if (limit !== undefined) return { kind: "stopped", ...limit };
    const open = steps.filter((step): step is CallStep => step.kind === "call" && !endedCalls.has(step.state));
    if (open.length > 0) {
      if ((await settleCalls(working, open)) === "waiting") return { kind: "waiting" };
      continue;
    }
    const rounds = steps.filter((step) => step.kind === "answer").length;
    const progress = Math.round((1 - 0.8 ** (rounds + 1)) * 100) / 100;
    const within = purseOf(limits, spent);
    try {
      const answer = await askNext(working, steps, within, (words) => report(progress, words));
      await keepAnswer(working, answer, progress);
    } catch (thrown) {
      if (thrown instanceof LlmError && thrown.cause === within) {
        return {
          kind: "stopped",
          code: "task_limit",
          message: `It stopped by itself: what ${within.whose} is spent, or would be by one more question.`,
        };
      }
      // Nobody was asked: that is no attempt, and others' failures must not use up the attempts of this task.
      if (!isBreakerOpen(thrown)) throw thrown;
      report(progress, thrown.message);
      await waitFor(working, Math.min(longestWaitMs, Math.max(shortestWaitMs, thrown.retryAfterMs ?? 0)));
    }
  }
}

function purseOf({ maxTokens, maxUsd }: WorkLimits, spent: Purse["spent"]): Purse {
  const usd = (spent.microUsd / 1e6).toFixed(2);
  const whose = `this task may spend with its parts (${spent.tokens} of ${maxTokens} tokens, ${usd} of ${maxUsd} US dollars)`;
  return { whose, budget: { tokens: maxTokens, usd: maxUsd }, spent };
}

/** What the steps say of the end, if they do. */
function endOf(steps: readonly Step[]): WorkEnd | undefined {
  const gaveUp = steps.find((step) => step.kind === "call" && step.name === "give_up" && step.state === "answered");
  if (gaveUp !== undefined) {
    const { args } = gaveUp as CallStep;
    const { reason } = args as { readonly reason: string };
    return { kind: "stopped", code: "gave_up", message: `It cannot be done: ${cutText(reason, 1000)}` };
  }
  const last = steps.at(-1);
  if (last?.kind !== "answer") return undefined;
  return endOfAnswer(last, steps);
}

function endOfAnswer({ stopReason, text, brain }: AnswerStep, steps: readonly Step[]): WorkEnd {
  const stopped = (why: string): WorkEnd => ({ kind: "stopped", code: "model_stopped", message: why });
  switch (stopReason) {
    case "refusal":
      return stopped(`The model ${brain} refused to go on.`);
    case "length":
      return stopped(`The answer of the model ${brain} was too long for it to finish.`);
    case "cancelled":
      return stopped(`The answer of the model ${brain} was cut off.`);
    case "end":
    case "tool_calls":
      return text.trim() === ""
        ? stopped(`The model ${brain} ended without a word of what came of it.`)
        : { kind: "done", text, brain, steps };
    default:
      return stopReason satisfies never;
  }
}

async function askNext(
  { back, work, title, offer, signal }: Working,
  steps: readonly Step[],
  within: Purse,
  tell: (words: string) => void,
): Promise<BrainAnswer> {
  const { brains, scrub, settings } = back.mind;
  if (work.brain === "rules") return answerByRules(title, steps, offer);
  let words = "";
  const answer = await brains.ask({
    purpose: "work",
    workspaceId: work.workspaceId,
    within,
    request: {
      system: work.prompt.system,
      messages: toMessages(work.prompt, steps, settings.taskWork.maxResultChars),
      tools: [...offer.definitions, ...houseTools],
      signal,
      deadlineMs: answerDeadlineMs,
    },
    onThinking(more) {
      words = cutText(scrub.clean(words + more).slice(-maxNote), maxNote);
      tell(words);
    },
  });
  // A cancelled answer is nobody's: the job goes back, or is over.
  signal.throwIfAborted();
  return answer;
}

async function waitFor({ back, signal }: Working, waitMs: number): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = back.clock.setTimer(waitMs, over.resolve);
  const onAbort = (): void => over.resolve();
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  await over.promise;
  signal.removeEventListener("abort", onAbort);
  timer.cancel();
}

// The answer, its calls, what it cost and how far the work is stand together or not at all.
async function keepAnswer({ back, work, offer, keep }: Working, answer: BrainAnswer, progress: number): Promise<void> {
  const { works, scrub, brains } = back.mind;
  const { brain, stopReason, tokens, microUsd } = answer;
  const vendor = answer.vendor === undefined || isTooLarge(back, answer.vendor) ? {} : { vendor: answer.vendor };
  const text = scrub.clean(answer.text);
  const calls = answer.toolCalls.map((call) => readCall(offer, call)).map((call) => withoutSecrets(back, call));
  await keep((unit) => {
    works.addAnswer(unit, work, { text, stopReason, brain, ...vendor, tokens, microUsd }, calls);
    if (brain !== "rules") brains.spending.record(unit, work.workspaceId, brain, answer);
    const note = text.trim() === "" ? calls.map(({ name }) => name).join(", ") : text;
    works.patch(unit, work.workspaceId, work.taskId, { note: cutText(note, maxNote) });
    const cause = { origin: "model", ...(work.cid === undefined ? {} : { cid: work.cid }) } as const;
    back.store.tasks.transition(unit, work.workspaceId, work.taskId, "running", { progress }, cause);
  });
}

const maxVendor = 200_000;

// What nobody can clean is not kept when there is something to clean in it.
function isTooLarge(back: Back, vendor: object): boolean {
  const text = JSON.stringify(vendor);
  return text.length > maxVendor || back.mind.scrub.holds(text);
}

// A call that holds a secret is not kept with it, and never made.
function withoutSecrets(back: Back, call: Omit<CallStep, "kind" | "seq">): Omit<CallStep, "kind" | "seq"> {
  const { scrub } = back.mind;
  if (!scrub.holds(`${JSON.stringify(call.args)} ${call.name} ${call.id}`)) return call;
  return {
    ...call,
    id: "",
    name: scrub.clean(call.name),
    args: {},
    state: "refused",
    result: "The arguments hold a secret.",
  };
}
