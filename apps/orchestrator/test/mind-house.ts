// A house with a scripted back model and a server that notes every call it gets.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerEntry } from "@kingly/mcp-batcher/servers";
import type { OrchestratorConfig } from "../src/config.ts";
import type { ScriptLine, ScriptStep } from "../src/mind/scripted-brain.ts";
import { makeHome, openHouse } from "./harness.ts";
import type { House, HouseOptions } from "./harness.ts";

/** What the recording server was called with. */
export interface Recorded {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A house of a mind. */
export interface MindHouse extends House {
  calls(): readonly Recorded[];
  release(): void;
}

/** How it differs. */
export interface MindHouseOptions {
  readonly home?: string;
  readonly script: readonly ScriptLine[];
  readonly config?: Omit<OrchestratorConfig, "mcpServers" | "backModels">;
  readonly works?: boolean;
  /** What the tool `page` answers. */
  readonly page?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly serverEnv?: Readonly<Record<string, string>>;
  readonly mcpServers?: Readonly<Record<string, ServerEntry>>;
  readonly more?: Partial<HouseOptions>;
}

/** An assessment that sends every task into one go. */
export const oneShot: ScriptLine = {
  purpose: "assess",
  reply: '{"intentType":"general","complexity":0.3,"confidence":0.9}',
};

/** A call of a tool, as the script says it. */
export function call(name: string, input: object = {}): ScriptStep {
  return { kind: "tool_call", name, input: input as Extract<ScriptStep, { kind: "tool_call" }>["input"] & object };
}

/** The recording server of one home. */
export function recordingServer(home: string, env: Readonly<Record<string, string>> = {}): ServerEntry {
  return {
    command: process.execPath,
    args: [join(import.meta.dirname, "fixtures/recording-server.ts")],
    env: { JOURNAL: join(home, "journal"), PAGE: join(home, "page"), RELEASE: join(home, "release"), ...env },
  };
}

/** What it has noted so far. */
export function recorded(home: string): readonly Recorded[] {
  const journal = join(home, "journal");
  if (!existsSync(journal)) return [];
  return readFileSync(journal, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Recorded);
}

/** Opens the house, its server started. */
export async function openMindHouse(options: MindHouseOptions): Promise<MindHouse> {
  const home = options.home ?? makeHome();
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "page"), options.page ?? "A page.");
  const house = await openHouse({
    home,
    works: false,
    mcpServers: { rec: recordingServer(home, options.serverEnv), ...options.mcpServers },
    config: {
      backModels: [{ name: "brain", provider: "scripted", script: options.script }],
      ...options.config,
      taskWork: { maxAttempts: 1, ...options.config?.taskWork },
    },
    ...(options.env === undefined ? {} : { env: options.env }),
    ...options.more,
  });
  await house.servers.start();
  if (options.works ?? true) house.work();
  return { ...house, calls: () => recorded(home), release: () => writeFileSync(join(home, "release"), "") };
}
