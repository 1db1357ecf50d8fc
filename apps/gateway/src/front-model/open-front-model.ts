// Loaded only when a front model is configured: nobody else pays for it.
import {
  createBudget,
  createScriptedModel,
  detectModels,
  LlmError,
  openModel,
  withBreaker,
  withBudget,
} from "@kingly/llm";
import type { BreakerModel, Environment, ScriptEntry } from "@kingly/llm";
import type { Clock, Log } from "@kingly/runtime";
import type { FrontModelSettings, NamedModelSettings, ScriptSettings } from "../config-front.ts";
import type { ChannelEvent } from "./channel-event.ts";
import { createFrontChannel } from "./front-channel.ts";
import type { FrontChannel } from "./front-channel.ts";
import { isSpent } from "./front-model-state.ts";
import type { FrontModelState } from "./front-model-state.ts";

/** What a front model needs. The environment holds keys and is never told. */
export interface FrontModelDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly fetch: typeof fetch;
  readonly environment: Environment;
}

/** A front model: the way to ask it, and how it stands. */
export interface FrontModel {
  /** Not ready until the model is there, and not while its breaker is open. */
  readonly channel: FrontChannel;
  state(): FrontModelState;
  /** Resolves when the model is there, or is known not to be; never rejects. */
  readonly opened: Promise<void>;
}

// A person waits for each: few failures are enough, and the next try is not far.
const breakerOptions = { maxFailures: 3, openMs: 30_000 };

// What is more than a few commands and sentences comes too late anyway.
const frontDefaults = { maxOutputTokens: 2000, effort: "low" } as const;

// Nobody shall wake up to a bill: with the cheapest of the known models it is at most half a dollar.
const defaultTokensPerDay = 1_000_000;

/** Opens the front model that the settings name, behind a breaker; returns at once, it opens meanwhile. [G80][G81] */
export function openFrontModel(deps: FrontModelDeps, settings: FrontModelSettings): FrontModel {
  const { clock, log } = deps;
  if (settings !== "auto" && "script" in settings) {
    const channel = createScriptFront(deps, settings);
    const state = { state: "ready", name: "scripted" } as const;
    return { channel, state: () => state, opened: Promise.resolve() };
  }
  let model: BreakerModel | undefined;
  let inner: FrontChannel | undefined;
  let why: string | undefined;

  const most = (settings !== "auto" && settings.maxTokensPerDay) || defaultTokensPerDay;
  const budget = createBudget({ clock }, { window: { windowMs: 24 * 3_600_000, maxTokens: most } });

  const use = async (found: NamedModelSettings): Promise<void> => {
    const { maxTokensPerDay: _, ...asked } = { ...frontDefaults, ...found };
    model = withBreaker(await openModel(deps, asked, deps.environment), deps, breakerOptions);
    inner = createFrontChannel({ clock, log, model: withBudget(model, budget, asked) });
    log.info("the front model is there", { model: model.name });
  };
  const open = async (): Promise<void> => {
    try {
      if (settings === "auto") await detect();
      else await use(settings);
    } catch (thrown) {
      why = thrown instanceof LlmError ? thrown.message.replace(/\.$/, "") : "it cannot be opened";
      log.warn("there is no front model", { why });
    }
  };
  const detect = async (): Promise<void> => {
    const { found, missing } = await detectModels(deps, deps);
    for (const { where, settings: one } of found) {
      try {
        await use(one);
        return;
      } catch (thrown) {
        log.warn("a model that was found cannot be opened", { where, why: String(thrown) });
      }
    }
    why = `none was found (${missing.map((one) => `${one.where}: ${one.why}`).join("; ")})`;
    log.warn("there is no front model", { why });
  };
  async function* nobody(): AsyncGenerator<ChannelEvent> {
    yield { kind: "ended", why: "failed", unread: 0 };
  }

  const state = (): FrontModelState => {
    if (model === undefined) {
      const missing = why === undefined ? { state: "opening" as const } : { state: "missing" as const, why };
      return { ...missing, name: undefined };
    }
    const tokens = { spent: budget.state().spent.tokens, most };
    return { state: "ready", name: model.name, tokens, breaker: model.breaker() };
  };
  return {
    channel: {
      think: (thought) => inner?.think(thought) ?? nobody(),
      isReady: () => model !== undefined && model.breaker().state !== "open" && !isSpent(state()),
    },
    state,
    opened: open(),
  };
}

/** Creates the channel of a script. An entry answers as often as it fits. [G20] */
export function createScriptFront(
  deps: { readonly clock: Clock; readonly log: Log },
  settings: ScriptSettings,
): FrontChannel {
  const script = settings.script.map(({ when, reply, delayMs = 0 }): ScriptEntry => ({
    ...(when === undefined ? {} : { when: new RegExp(when, "i") }),
    reply,
    delayMs,
    times: Infinity,
  }));
  return createFrontChannel({ ...deps, model: createScriptedModel(deps, script) });
}
