// Makes the back out of its rooms: database, store, queue, planner, MCP servers, workflows.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createBatcher } from "@kingly/mcp-batcher";
import { openServers } from "@kingly/mcp-batcher/servers";
import type { Servers } from "@kingly/mcp-batcher/servers";
import { migrateQueue, openQueue } from "@kingly/queue";
import type { Clock, Log, Random } from "@kingly/runtime";
import { openDatabase } from "@kingly/sqlite";
import { createStore, migrateStore } from "@kingly/store";
import type { Embedder } from "@kingly/store";
import type { Back } from "./back.ts";
import { filesFolder } from "./config.ts";
import type { OrchestratorConfig } from "./config.ts";
import { createContexts } from "./context/contexts.ts";
import { createHandlers } from "./jobs/handlers.ts";
import type { Jobs } from "./jobs/jobs.ts";
import { createTellDeath } from "./jobs/tell-death.ts";
import { migrateMind } from "./mind/migrate-mind.ts";
import type { OpenModel } from "./mind/open-brains.ts";
import { openMind } from "./mind/open-mind.ts";
import { tendDatabase } from "./tend-database.ts";
import { followSettings } from "./servers/follow-settings.ts";
import type { SettingsSource } from "./servers/follow-settings.ts";
import { keepAuthorizations } from "./servers/keep-authorizations.ts";
import { keepPins } from "./servers/keep-pins.ts";
import { createServerQuestions } from "./servers/server-questions.ts";
import { createTellQuestion } from "./servers/tell-question.ts";
import { tellTools } from "./servers/tell-tools.ts";
import { listToolsApprovals } from "./servers/tools-approval.ts";
import { toolCache } from "./tool-cache.ts";
import { createMayRepeat } from "./tool-hints.ts";
import { createPlanner } from "./planner/create-planner.ts";
import { createOffers } from "./predictions/offers.ts";
import { createCurrentWorkflows } from "./workflows/current-workflows.ts";
import { keepSchedules } from "./workflows/keep-schedules.ts";
import { describeBroken } from "./workflows/load-workflows.ts";
import { watchDefinitions } from "./workflows/watch-definitions.ts";

// A run's state holds what its steps have handed on, each up to 50,000 characters.
const maxJsonBytes = 1_048_576;
// A new thread loads its modules first (700 ms beside other work), and the search that starts it waits for that: longer
// than a query may take. So both threads are started when the servers are, and rest for a day before they end.
const searchThreads = 2;
const searchThreadIdleMs = 86_400_000;

/** The back, open: with what must be closed at the end. */
export interface OpenBack {
  readonly back: Back;
  readonly servers: Servers;
  /** What is wrong with the settings file since it was last changed; undefined when nothing is. [O80] */
  settingsFault(): string | undefined;
  /** Begins to work the queue. */
  work(): void;
  /** Starts the reading threads, so that the first search does not wait for them. Never rejects. */
  warmUp(): Promise<void>;
  /** Stops claiming, waits for what runs, then closes everything in the reverse order of opening. */
  close(): Promise<void>;
}

/** Opens the back. Orphans of a process that died are taken back at once: the caller has proved it dead. [O19] */
export async function openBack(
  deps: {
    readonly clock: Clock;
    readonly random: Random;
    readonly log: Log;
    /** What finds memories by their meaning. @default the store's local vectors, which need no job */
    readonly embedder?: Embedder;
    /** Opens a back model in another way than its setting says. @default never */
    readonly openModel?: OpenModel;
  },
  options: {
    readonly homePath: string;
    readonly databasePath: string;
    readonly shippedWorkflows: string;
    readonly config: OrchestratorConfig;
    /** Where `${NAME}` in the entry of a server finds its value. @default {} */
    readonly environment?: Readonly<Record<string, string | undefined>>;
    /** Where the settings may change while we run. @default they do not */
    readonly settings?: SettingsSource;
    /** Values that nobody may see, beside those of the environment and the servers. @default [] */
    readonly secrets?: readonly string[];
    /** Where a browser comes back to with a consent for a server. @default nobody can consent */
    readonly redirectUrl?: string;
  },
): Promise<OpenBack> {
  const { clock, random, log } = deps;
  const ownWorkflows = join(options.homePath, "workflows");
  for (const folder of [filesFolder(options.homePath), ownWorkflows]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  const database = openDatabase({
    path: options.databasePath,
    log,
    readPool: { size: searchThreads, idleMs: searchThreadIdleMs },
  });
  try {
    await migrateStore(database);
    await migrateQueue(database);
    await migrateMind(database);
    const store = createStore(
      { database, clock, random, log, ...(deps.embedder === undefined ? {} : { embedder: deps.embedder }) },
      { maxJsonBytes },
    );
    const queue = await openQueue<Jobs>({ database, clock, random, log }, { owner: "orchestrator" });
    const { mcpServers } = options.config;
    const authorizations = keepAuthorizations(options.homePath, log);
    const questions = createServerQuestions({ clock, random }, createTellQuestion({ database, store, log }));
    const servers = openServers(
      { clock, random, log },
      { mcpServers },
      // Who wrote a server into the settings trusts what it is then; what it becomes later is asked for.
      {
        environment: options.environment ?? {},
        pins: keepPins(options.homePath, log),
        firstSight: "trust-first-use",
        onElicitation: questions.ask,
        oauth: {
          store: authorizations,
          consentHint: (server) => `Authorize it: node apps/orchestrator/src/servers-command.ts authorize ${server}`,
          ...(options.redirectUrl === undefined ? {} : { redirectUrl: options.redirectUrl }),
        },
      },
    );
    const batcher = createBatcher(
      { caller: servers.caller, clock, log },
      { concurrencyByServer: servers.concurrencyByServer, cache: toolCache(options.config.toolCacheMs) },
    );
    // Set once the queue may be written to; until then the start itself keeps the schedules.
    let onChange = (): void => {};
    const workflows = createCurrentWorkflows([options.shippedWorkflows, ownWorkflows], ({ broken, converted }) => {
      for (const { file, leftOut } of converted) {
        const left = leftOut.map(({ path, reason }) => `${path}: ${reason}`).join(" ");
        log.info("a workflow of an older layout was read", { file, leftOut: left });
      }
      for (const file of broken) {
        log.warn("a workflow file is broken; the others work", { problem: describeBroken(file) });
      }
      onChange();
    });
    // Now, so that a broken file is told at the start and not at its first use.
    workflows();
    let stopTending = (): Promise<void> => Promise.resolve();
    const stopWatching = store.outside.watch();
    const stopLooking = watchDefinitions(ownWorkflows, () => workflows());
    const mind = openMind(
      { clock, log, database, servers, ...(deps.openModel === undefined ? {} : { openModel: deps.openModel }) },
      {
        homePath: options.homePath,
        config: options.config,
        env: options.environment ?? {},
        secrets: options.secrets ?? [],
      },
    );
    authorizations.onSecrets((secrets) => mind.scrub.learn(secrets));
    const planner = createPlanner({ clock, log, brains: mind.brains }, options.config);
    const hints = createMayRepeat(servers);
    const mayRepeat: Back["mayRepeat"] = (server, tool) => hints.mayRepeat(server, tool);
    const contexts = createContexts({ clock, database, store, workflows });
    const embeds = deps.embedder !== undefined;
    const toolsApprovals: Back["toolsApprovals"] = {
      list: () => listToolsApprovals(servers),
      approve({ server, tools }) {
        const hashes = tools.map(({ hash }) => hash);
        servers.approveTools(server, hashes).then(
          (names) => log.info("tools were approved", { server, tools: names.join(", ") }),
          (thrown: unknown) => log.error("tools could not be approved", { server, why: String(thrown) }),
        );
      },
    };
    const back: Back = {
      clock,
      log,
      database,
      store,
      queue,
      planner,
      batcher,
      mind,
      mayRepeat,
      offers: createOffers(),
      toolsApprovals,
      serverQuestions: questions,
      embeds,
      workflows,
      contexts,
    };
    const stopTelling = tellTools(back, servers);
    const settings =
      options.settings &&
      followSettings({ clock, log, servers }, learning(options.settings, mind), options.config.mcpServers);
    await database.write((unit) => {
      store.workspaces.ensure(unit, { id: "default", name: "Default" });
      keepSchedules(back, unit);
    });
    onChange = () => {
      database
        .write((unit) => keepSchedules(back, unit))
        .catch((thrown: unknown) => log.error("the schedules could not be kept", { why: String(thrown) }));
    };
    return {
      back,
      servers,
      settingsFault: () => settings?.fault(),
      work() {
        queue.work(createHandlers(back), { onDead: createTellDeath(back) });
        // Another embedder than last time: what it has not seen yet, behind everything else. Never rejects.
        if (embeds) void store.memory.embedAll();
        stopTending = tendDatabase(
          { ...back, works: back.mind.works, spending: back.mind.brains.spending },
          { keepEventDays: options.config.keepEventDays ?? 365 },
        );
      },
      async warmUp() {
        const read = (): Promise<unknown> => store.heavy.memory.hybrid("default", "warm up", { limit: 1 });
        await Promise.allSettled(Array.from({ length: searchThreads }, read));
      },
      async close() {
        settings?.close();
        stopTelling();
        await stopTending();
        await queue.close({ deadlineMs: 3000 });
        hints.close();
        await batcher.close();
        await servers.close();
        stopLooking();
        stopWatching();
        await database.close();
      },
    };
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
}

// Before a server of changed settings is started, what it must not give away is known.
function learning(source: SettingsSource, mind: Back["mind"]): SettingsSource {
  return {
    ...source,
    read() {
      const reading = source.read();
      if (reading.ok) mind.learn(reading.config);
      return reading;
    },
  };
}
