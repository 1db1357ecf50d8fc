// A back of its own for each test: a temporary home, a real database, real servers, and ways to wait for what it says.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEvent } from "@kingly/codec";
import type { Event } from "@kingly/codec";
import type { ServerEntry } from "@kingly/mcp-batcher/servers";
import { createSystemClock } from "@kingly/runtime";
import type { Clock } from "@kingly/runtime";
import { createMemoryLog, createSeededRandom } from "@kingly/runtime/testing";
import type { MemoryLog } from "@kingly/runtime/testing";
import type { Embedder } from "@kingly/store";
import { expect } from "vitest";
import { createAcceptCommand } from "../src/accept-command.ts";
import type { Acceptance, SaidCommand } from "../src/accept-command.ts";
import type { Back } from "../src/back.ts";
import { checkReadiness } from "../src/check-readiness.ts";
import { readConfig } from "../src/config.ts";
import type { OrchestratorConfig } from "../src/config.ts";
import { eventLine } from "../src/event-line.ts";
import type { OpenModel } from "../src/mind/open-brains.ts";
import { openBack } from "../src/open-back.ts";
import { createAnswerQuestion } from "../src/questions/answer-question.ts";

export const shippedWorkflows: string = join(import.meta.dirname, "../../../workflows");

/** One row of the log as it is told. */
export interface Told {
  readonly seq: number;
  readonly cid: string | undefined;
  readonly line: string;
  readonly event: Event;
}

/** One open back. */
export interface House {
  readonly home: string;
  readonly back: Back;
  readonly log: MemoryLog;
  readonly servers: Awaited<ReturnType<typeof openBack>>["servers"];
  /** Begins to work the queue. */
  work(): void;
  /** Accepts a line; the cid is the line's own unless given. */
  say(line: string, more?: Partial<SaidCommand> & { readonly workspaceId?: string }): Promise<Acceptance>;
  ask(question: string, params?: unknown): Promise<unknown>;
  answer(question: string, params?: unknown, workspaceId?: string): ReturnType<ReturnType<typeof createAnswerQuestion>>;
  readiness(): ReturnType<typeof checkReadiness>;
  /** Everything told so far; checks that seqs are gap-free and every line parses. */
  told(workspaceId?: string): readonly Told[];
  linesOf(cid: string): readonly string[];
  /** Resolves when `is` holds for what is told; looks again after each commit. */
  until(what: string, is: (told: readonly Told[]) => boolean, workspaceId?: string): Promise<readonly Told[]>;
  /** Resolves when no job is pending or running. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** How a house differs from the usual one. */
export interface HouseOptions {
  readonly home?: string;
  /** Begins to work at once. @default true */
  readonly works?: boolean;
  /** @default none: most tests need no server */
  readonly mcpServers?: Readonly<Record<string, ServerEntry>>;
  /** Follows the settings file of the home, and begins with what it says. @default false */
  readonly followsSettings?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly scriptedModel?: OrchestratorConfig["scriptedModel"];
  /** Other settings of the file. */
  readonly config?: Omit<OrchestratorConfig, "mcpServers">;
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly embedder?: Embedder;
  readonly openModel?: OpenModel;
  readonly shippedWorkflows?: string;
  readonly redirectUrl?: string;
}

/** Orders anything by its JSON text. */
export function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/** Makes an empty home. */
export function makeHome(): string {
  return mkdtempSync(join(tmpdir(), "kingly-orchestrator-"));
}

/** The servers that ship, as the settings of an empty home name them. */
export function shippedServers(home: string): Readonly<Record<string, ServerEntry>> {
  const read = readConfig(home, home);
  if (!read.ok) throw new Error(read.message);
  return read.config.mcpServers;
}

/** Opens a house. Close it, and open it again on the same home, to restart. */
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const home = options.home ?? makeHome();
  mkdirSync(home, { recursive: true });
  const log = createMemoryLog();
  const { scriptedModel } = options;
  const reading = options.followsSettings === true ? readConfig(home, home) : undefined;
  if (reading?.ok === false) throw new Error(reading.message);
  const mcpServers = options.mcpServers ?? reading?.config.mcpServers ?? {};
  const opened = await openBack(
    {
      clock: options.clock ?? createSystemClock(),
      random: createSeededRandom(7),
      log,
      ...(options.embedder === undefined ? {} : { embedder: options.embedder }),
      ...(options.openModel === undefined ? {} : { openModel: options.openModel }),
    },
    {
      homePath: home,
      databasePath: join(home, "kingly.db"),
      shippedWorkflows: options.shippedWorkflows ?? shippedWorkflows,
      environment: { ...options.environment, ...options.env },
      ...(options.redirectUrl === undefined ? {} : { redirectUrl: options.redirectUrl }),
      ...(options.followsSettings === true
        ? { settings: { folders: [home], read: () => readConfig(home, home) } }
        : {}),
      config: { mcpServers, ...(scriptedModel === undefined ? {} : { scriptedModel }), ...options.config },
    },
  );
  const { back, servers } = opened;
  const accept = createAcceptCommand(back);
  const readinessDeps = { back, servers, settingsFault: () => opened.settingsFault() };
  const answer = createAnswerQuestion(back, readinessDeps);
  const told = (workspaceId = "default"): readonly Told[] => readTold(back, workspaceId);
  const until: House["until"] = (what, is, workspaceId = "default") =>
    waitFor(
      back,
      workspaceId,
      () => {
        const now = told(workspaceId);
        return is(now) ? now : undefined;
      },
      () =>
        `${what}; told:\n${told(workspaceId)
          .map((row) => row.line)
          .join("\n")}`,
    );
  if (options.works ?? true) opened.work();
  return {
    home,
    back,
    log,
    servers,
    work: () => opened.work(),
    say(line, { workspaceId = "default", ...more } = {}) {
      const cid = more.cid ?? /^[a-z]{2}#([A-Za-z0-9]+):/.exec(line)?.[1] ?? "nocid";
      return accept(workspaceId, { cid, line, origin: "user", ...more });
    },
    async ask(question, params = {}) {
      const given = await answer("default", question, params);
      return given.ok ? given.value : given.error;
    },
    answer: (question, params = {}, workspaceId = "default") => answer(workspaceId, question, params),
    readiness: () => checkReadiness(readinessDeps),
    told,
    linesOf: (cid) =>
      told()
        .filter((row) => row.cid === cid)
        .map((row) => row.line),
    until,
    async idle() {
      await waitFor(
        back,
        "default",
        () => {
          const { pending, running } = back.queue.counts();
          return pending + running === 0 ? true : undefined;
        },
        () => `nothing to do; ${JSON.stringify(back.queue.counts())}`,
      );
    },
    close: () => opened.close(),
  };
}

/** Closes the house and takes its home away. */
export async function endHouse(house: House): Promise<void> {
  await house.close();
  rmSync(house.home, { recursive: true, force: true });
}

/** Reads the whole log of a workspace as lines; each must parse, and no seq may be missing. */
export function readTold(back: Back, workspaceId: string): readonly Told[] {
  const rows: Told[] = [];
  for (let page = back.store.events.readAfter(workspaceId, 0, 1000); page.length > 0;) {
    for (const row of page) {
      const line = eventLine(row);
      const parsed = parseEvent(line);
      if (!parsed.ok) throw new Error(`${line} does not parse: ${JSON.stringify(parsed.error)}`);
      rows.push({ seq: row.seq, cid: row.cid, line, event: parsed.value });
    }
    page = back.store.events.readAfter(workspaceId, page.at(-1)?.seq ?? 0, 1000);
  }
  expect(rows.map((row) => row.seq)).toEqual(rows.map((_, index) => index + 1));
  return rows;
}

// Not a sleep: what is waited for is looked at after each commit; the beat is for what no event tells (a queue at rest).
const beatMs = 20;
const patienceMs = 60_000;

async function waitFor<T>(back: Back, workspaceId: string, look: () => T | undefined, what: () => string): Promise<T> {
  const found = look();
  if (found !== undefined) return found;
  return new Promise<T>((resolve, reject) => {
    const startedMs = performance.now();
    const again = (): void => {
      try {
        const now = look();
        if (now === undefined && performance.now() - startedMs < patienceMs) return;
        unsubscribe();
        clearInterval(beat);
        if (now === undefined) reject(new Error(`Waited in vain for ${what()}`));
        else resolve(now);
      } catch (thrown) {
        unsubscribe();
        clearInterval(beat);
        reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
    };
    const unsubscribe = back.store.events.subscribe(workspaceId, again);
    const beat = setInterval(again, beatMs);
  });
}
