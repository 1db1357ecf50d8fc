import { estimateTokens } from "@kingly/codec";
import { costOf as priceOf, LlmError, withPrices } from "@kingly/llm";
import type { BreakerState, ModelRequest, StopReason, ToolCall, Usage, VendorPart } from "@kingly/llm";
import type { Clock, Log } from "@kingly/runtime";
import type { Database } from "@kingly/sqlite";
import type { BackModelSetting } from "./back-model-setting.ts";
import type { Brain } from "./brain.ts";
import { findRoom } from "./budget-room.ts";
import type { Purse, TokenPrice } from "./budget-room.ts";
import type { DayBudget, MindSettings } from "./mind-settings.ts";
import { openBrains } from "./open-brains.ts";
import type { OpenModel } from "./open-brains.ts";
import type { Purpose } from "./purpose.ts";
import { readAnswer } from "./read-answer.ts";
import { createReservations } from "./reservations.ts";
import type { Scrub } from "./scrub.ts";
import { createSpending } from "./spending.ts";
import type { Spender, Spending } from "./spending.ts";

/** A whole answer, who gave it, and what it cost. */
export interface BrainAnswer {
  readonly brain: string;
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly stopReason: StopReason;
  readonly tokens: number;
  readonly microUsd: number;
  /** What the model wants back with its words. */
  readonly vendor?: VendorPart;
}

/** What is asked, and for whom. */
export interface BrainQuestion {
  readonly purpose: Purpose;
  readonly workspaceId: string;
  readonly request: ModelRequest;
  /** What it must keep to beside the limits of the day: those of its task. */
  readonly within?: Purse;
  /** Takes what the model says of its thinking. */
  readonly onThinking?: (words: string) => void;
}

/** How one model stands. */
export interface BrainState {
  readonly name: string;
  readonly provider: string;
  readonly model: string;
  readonly breaker: BreakerState["state"];
  readonly answersToday: number;
  readonly tokensToday: number;
  readonly usdToday: number;
}

/** The models of the back. */
export interface Brains {
  /** Whether the settings name a model for this. */
  has(purpose: Purpose): boolean;
  /** The name of the model that is asked first for this. */
  nameFor(purpose: Purpose): string | undefined;
  /** Asks the first model that may be asked and answers; what it cost is recorded by the caller, or by `askOnce`.
   *
   * Throws LlmError: `budget_exceeded` when the day is spent, with `within` as its cause when the task's is, `breaker_open` with `retryAfterMs` when none was asked
   * because they failed too often, else what the last one met. */
  ask(question: BrainQuestion): Promise<BrainAnswer>;
  /** Asks, and records what it cost. */
  askOnce(question: BrainQuestion): Promise<BrainAnswer>;
  readonly spending: Spending;
  states(): readonly BrainState[];
}

/** Creates the choice between the models of the settings. [O41][O42] */
export function createBrains(
  deps: {
    readonly clock: Clock;
    readonly log: Log;
    readonly database: Database;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly scrub: Scrub;
    readonly openModel?: OpenModel;
  },
  settings: Pick<MindSettings, "budgets"> & { readonly backModels: readonly BackModelSetting[] },
): Brains {
  const brains = openBrains(deps, settings.backModels);
  const spending = createSpending(deps);
  const fitting = (purpose: Purpose): readonly Brain[] =>
    brains.filter((brain) => brain.purposes === undefined || brain.purposes.has(purpose));

  const reservations = createReservations();
  const purse = (whose: string, budget: DayBudget, spender: Spender): Purse => {
    const [spent, held] = [spending.today(spender), reservations.held(spender)];
    const both = { tokens: spent.tokens + held.tokens, microUsd: spent.microUsd + held.microUsd };
    return { whose: `${whose} may spend in a day`, budget, spent: both };
  };
  const roomFor = (
    brain: Brain,
    { workspaceId, within }: BrainQuestion,
    request: ModelRequest,
  ): ReturnType<typeof findRoom> => {
    const { maxTokensPerDay: tokens, maxUsdPerDay: usd } = brain;
    const own = { ...(tokens === undefined ? {} : { tokens }), ...(usd === undefined ? {} : { usd }) };
    return findRoom(request, priceOfToken(brain), [
      purse("the model", own, { brain: brain.name }),
      purse("this workspace", settings.budgets.workspaceDay, { workspaceId }),
      purse("the house", settings.budgets.day, {}),
      ...(within === undefined ? [] : [within]),
    ]);
  };

  const ask: Brains["ask"] = async (question) => {
    const { purpose, workspaceId, request, within, onThinking } = question;
    const clean = withoutSecrets(deps.scrub, request);
    let failure: unknown;
    let whose: string | undefined;
    for (const brain of fitting(purpose)) {
      if (isOpen(brain)) continue;
      const room = roomFor(brain, question, clean);
      if ("short" in room) {
        whose = room.short.whose;
        continue;
      }
      const { most } = room;
      const release = reservations.hold({ brain: brain.name, workspaceId }, most);
      try {
        const { maxOutputTokens } = most;
        const answer = await readAnswer(brain.model, { ...clean, purpose, maxOutputTokens }, onThinking);
        const text = deps.scrub.clean(answer.text);
        return { ...answer, text, brain: brain.name, ...costOf(brain, request, answer) };
      } catch (thrown) {
        // One that was not asked says less than one that was.
        if (failure === undefined || !isBreakerOpen(thrown)) failure = withoutSecret(deps.scrub, thrown);
        if (request.signal?.aborted === true) throw failure;
        const why = thrown instanceof Error ? thrown.message : "unknown";
        deps.log.warn("a model did not answer", { model: brain.name, purpose, why: deps.scrub.clean(why) });
      } finally {
        release();
      }
    }
    if (failure !== undefined) throw failure;
    if (fitting(purpose).length === 0) {
      throw new LlmError("model_unavailable", `No model of the settings is for ${purpose}. Name one in backModels.`);
    }
    const open = fitting(purpose).filter(isOpen);
    if (open.length > 0 || whose === undefined) {
      const names = open.map(({ name }) => name).join(", ");
      throw new LlmError("breaker_open", `No model may be asked for ${purpose} now: ${names} failed too often.`, {
        retryAfterMs: Math.min(...open.map(({ model }) => model.breaker().retryAfterMs)),
      });
    }
    const spent = `What ${whose} is spent, or would be by this question.`;
    if (within !== undefined && whose === within.whose) throw new LlmError("budget_exceeded", spent, { cause: within });
    throw new LlmError("budget_exceeded", `${spent} It goes on tomorrow (UTC), or raise it.`);
  };
  return {
    spending,
    has: (purpose) => fitting(purpose).length > 0,
    nameFor: (purpose) => fitting(purpose)[0]?.name,
    ask,
    async askOnce(question) {
      const answer = await ask(question);
      await deps.database.write((unit) => spending.record(unit, question.workspaceId, answer.brain, answer));
      return answer;
    },
    states: () =>
      brains.map((brain) => {
        const { answers, tokens, microUsd } = spending.today({ brain: brain.name });
        return {
          name: brain.name,
          provider: brain.provider,
          model: brain.modelName,
          breaker: brain.model.breaker().state,
          answersToday: answers,
          tokensToday: tokens,
          usdToday: microUsd / 1e6,
        };
      }),
  };
}

function isOpen({ model }: Brain): boolean {
  return model.breaker().state === "open";
}

/** Whether nobody was asked, because all have failed too often. */
export function isBreakerOpen(thrown: unknown): thrown is LlmError {
  return thrown instanceof LlmError && thrown.code === "breaker_open";
}

// Whoever wrote the request: what leaves the house holds no secret.
function withoutSecrets(scrub: Scrub, request: ModelRequest): ModelRequest {
  const messages = request.messages.map((message) => ({ ...message, text: scrub.clean(message.text) }));
  return { ...request, messages, ...(request.system === undefined ? {} : { system: scrub.clean(request.system) }) };
}

/** What a token of a model costs, in millionths of a US dollar: so many dollars for a million of them. */
function priceOfToken({ modelName, price }: Brain): TokenPrice {
  if (price !== undefined) return price;
  const of = (usage: Usage): number => priceOf(modelName, usage) ?? 0;
  // Where a long prompt or the writing of a cache is dearer, the dearer price counts.
  const million = 1_000_000;
  const input = of({ inputTokens: million, outputTokens: 0 });
  const written = of({ inputTokens: million, outputTokens: 0, cacheWriteTokens: million });
  const output = of({ inputTokens: million, outputTokens: million }) - input;
  return { input: Math.max(input, written), output };
}

// A model that tells no usage, or one that cannot be, is counted by an estimate: a limit must hold for it too.
function costOf(
  { modelName, price }: Brain,
  request: ModelRequest,
  answer: Awaited<ReturnType<typeof readAnswer>>,
): { readonly tokens: number; readonly microUsd: number } {
  const { usage } = answer;
  const isUsable = usage !== undefined && isCount(usage.inputTokens) && isCount(usage.outputTokens);
  const asked = `${request.system ?? ""}${JSON.stringify(request.messages)}${JSON.stringify(request.tools ?? [])}`;
  const counted = isUsable
    ? usage
    : {
        inputTokens: estimateTokens(asked),
        outputTokens: estimateTokens(answer.text + JSON.stringify(answer.toolCalls)),
      };
  const table = price === undefined ? undefined : withPrices([{ model: modelName, ...price }]);
  const usd = priceOf(modelName, counted, table) ?? 0;
  return { tokens: counted.inputTokens + counted.outputTokens, microUsd: Math.max(0, Math.ceil(usd * 1e6)) };
}

function isCount(tokens: number): boolean {
  return Number.isSafeInteger(tokens) && tokens >= 0;
}

// A failure is kept with its job, and told.
function withoutSecret(scrub: Scrub, thrown: unknown): unknown {
  if (!(thrown instanceof Error) || !scrub.holds(thrown.message)) return thrown;
  const message = scrub.clean(thrown.message);
  return thrown instanceof LlmError ? new LlmError(thrown.code, message) : new Error(message);
}
