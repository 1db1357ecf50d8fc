// Loaded only when a front model is configured: nobody else pays for it.
import { createScriptedModel, detectModels, LlmError, openModel, withBreaker } from "@kingly/llm";
import type { BreakerModel, Environment, ModelSettings, ScriptEntry } from "@kingly/llm";
import type { Clock, Log } from "@kingly/runtime";
import type { FrontModelSettings, ScriptSettings } from "../config-front.ts";
import type { ChannelEvent } from "./channel-event.ts";
import { createFrontChannel } from "./front-channel.ts";
import type { FrontChannel } from "./front-channel.ts";
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

  const use = async (found: ModelSettings): Promise<void> => {
    model = withBreaker(await openModel(deps, { ...frontDefaults, ...found }, deps.environment), deps, breakerOptions);
    inner = createFrontChannel({ clock, log, model });
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

  return {
    channel: {
      think: (thought) => inner?.think(thought) ?? nobody(),
      isReady: () => model !== undefined && model.breaker().state !== "open",
    },
    state() {
      if (model !== undefined) return { state: "ready", name: model.name, breaker: model.breaker() };
      return {
        state: why === undefined ? "opening" : "missing",
        name: undefined,
        ...(why === undefined ? {} : { why }),
      };
    },
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
