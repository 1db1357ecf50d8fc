import type { FrontModelSettings } from "../config-front.ts";
import type { ChannelEvent } from "./channel-event.ts";
import type { FrontChannel } from "./front-channel.ts";
import type { FrontModelState } from "./front-model-state.ts";
import type { FrontModel, FrontModelDeps } from "./open-front-model.ts";

/** A front model that comes when the gateway listens already, or never. */
export interface LateFrontModel {
  /** Not ready before the model is there. */
  readonly channel: FrontChannel;
  /** How it stands; undefined where none was asked for and none is there. */
  state(): FrontModelState | undefined;
  /** Begins to open what the settings name, or what is found where they name nothing. */
  load(deps: FrontModelDeps): Promise<void>;
}

/** Creates a front model that is not there yet; nothing of a model is loaded before `load`. [G80][G81] */
export function createLateFrontModel(settings: FrontModelSettings | "off" | undefined): LateFrontModel {
  let front: FrontModel | undefined;
  const isAskedFor = settings !== undefined && settings !== "off";

  async function* nobody(): AsyncGenerator<ChannelEvent> {
    yield { kind: "ended", why: "failed", unread: 0 };
  }
  return {
    channel: {
      think: (thought) => front?.channel.think(thought) ?? nobody(),
      isReady: () => front !== undefined && front.channel.isReady?.() !== false,
    },
    state() {
      const state = front?.state() ?? ({ state: "opening", name: undefined } as const);
      return isAskedFor || state.state === "ready" ? state : undefined;
    },
    async load(deps) {
      if (settings === "off") return;
      const { openFrontModel } = await import("./open-front-model.ts");
      front = openFrontModel(deps, settings ?? "auto");
    },
  };
}
