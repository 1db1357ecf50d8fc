// Loaded only when a front model is configured: nobody else pays for it.
import { createScriptedModel } from "@kingly/llm";
import type { ScriptEntry } from "@kingly/llm";
import type { Clock, Log } from "@kingly/runtime";
import type { FrontModelSettings } from "../config.ts";
import { createFrontChannel } from "./front-channel.ts";
import type { FrontChannel } from "./front-channel.ts";

/** Opens the channel of the front model that the settings name. An entry of a script answers as often as it fits. [G20] */
export function openFrontModel(
  deps: { readonly clock: Clock; readonly log: Log },
  settings: FrontModelSettings,
): FrontChannel {
  const script = settings.script.map(({ when, reply, delayMs = 0 }): ScriptEntry => ({
    ...(when === undefined ? {} : { when: new RegExp(when, "i") }),
    reply,
    delayMs,
    times: Infinity,
  }));
  return createFrontChannel({ ...deps, model: createScriptedModel(deps, script) });
}
