import type { Clock, Log } from "@kingly/runtime";
import type { Database } from "@kingly/sqlite";
import { filesFolder } from "../config.ts";
import type { OrchestratorConfig } from "../config.ts";
import { createBrains } from "./brains.ts";
import type { Mind } from "./mind.ts";
import type { OpenModel } from "./open-brains.ts";
import { toMindSettings } from "./mind-settings.ts";
import { createScrub } from "./scrub.ts";
import { secretsOf } from "./secrets-of.ts";
import { createWorks } from "./works.ts";

/** Opens the mind that the settings ask for; its tables are made. Without a model in them there is none to ask. [O41] */
export function openMind(
  deps: {
    readonly clock: Clock;
    readonly log: Log;
    readonly database: Database;
    readonly servers: Mind["servers"];
    readonly openModel?: OpenModel;
  },
  options: {
    readonly homePath: string;
    readonly config: OrchestratorConfig;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly secrets: readonly string[];
  },
): Mind {
  const { config, env } = options;
  const settings = toMindSettings(config);
  const keys = settings.backModels.flatMap(({ apiKeyEnv }) => (apiKeyEnv === undefined ? [] : [env[apiKeyEnv] ?? ""]));
  const scrub = createScrub([...options.secrets, ...keys, ...secretsOf(env, config.mcpServers)]);
  const shipped = new Set(config.shippedServers);
  return {
    learn({ mcpServers, shippedServers = [] }) {
      scrub.learn(secretsOf({}, mcpServers));
      // One that was replaced once is never taken for ours again in this life.
      for (const name of shipped) if (!shippedServers.includes(name)) shipped.delete(name);
    },
    settings,
    brains: createBrains({ ...deps, env, scrub }, settings),
    works: createWorks(deps),
    policy: {
      tools: settings.tools,
      shipped,
      filesFolder: filesFolder(options.homePath),
      holdsSecret: (text) => scrub.holds(text),
    },
    scrub,
    servers: deps.servers,
  };
}
