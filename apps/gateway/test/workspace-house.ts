// A gateway's workspace over a real journal and a real link, with a clock that only the test moves.
import { join } from "node:path";
import { createReflex } from "@kingly/reflex";
import { createManualClock, createMemoryLog, createSeededRandom } from "@kingly/runtime/testing";
import type { ManualClock, MemoryLog } from "@kingly/runtime/testing";
import type { FrontChannel } from "../src/front-model/front-channel.ts";
import type { Journal } from "../src/journal/journal.ts";
import type { LinkSession } from "../src/on-link.ts";
import type { Settled } from "../src/on-utterance.ts";
import { owner } from "../src/people.ts";
import { createRepeatGuard } from "../src/repeat-guard.ts";
import { openWorkspace } from "../src/workspace.ts";
import type { Workspace } from "../src/workspace.ts";
import type { FakeOrchestrator } from "./fake-orchestrator.ts";
import { later, makeFolder, openTestJournal } from "./house.ts";

export interface Side {
  readonly workspace: Workspace;
  readonly journal: Journal;
  readonly clock: ManualClock;
  readonly log: MemoryLog;
  readonly path: string;
  say(id: string, text: string): Promise<Settled>;
  /** Waits until `isSo`; time passes only while the link waits to try again. */
  until(isSo: () => boolean | Promise<boolean>): Promise<void>;
  /** Ends this side as a stop would; another one may be opened over the same path. */
  close(): Promise<void>;
}

/** Opens the gateway's side; `path` continues an earlier one. */
export async function openSide(
  fake: FakeOrchestrator,
  options: {
    path?: string;
    spoil?: (journal: Journal) => Journal;
    front?: (deps: { readonly clock: ManualClock; readonly log: MemoryLog }) => FrontChannel;
  } = {},
): Promise<Side> {
  const { path = join(makeFolder(), "gateway.db"), spoil = (same) => same } = options;
  const journal = spoil(await openTestJournal(path));
  const clock = createManualClock();
  const log = createMemoryLog();
  const workspace = await openWorkspace(
    {
      clock,
      random: createSeededRandom(7),
      log,
      journal,
      reflex: createReflex(),
      frontChannel: options.front?.({ clock, log }),
    },
    { id: "default", orchestratorUrl: fake.url(), token: "t".repeat(32), contents: await journal.contents() },
  );
  later(() => workspace.close());
  const isWaiting = (): boolean =>
    log.entries.findLast((entry) => entry.message === "link to the orchestrator")?.fields["status"] === "waiting";
  return {
    workspace,
    journal,
    clock,
    log,
    path,
    async say(id, text) {
      const heard = workspace.say({ id, text }, "owner");
      if ("refused" in heard) return { ok: false, error: heard.refused };
      return heard.settle();
    },
    async until(isSo) {
      while (!(await isSo())) {
        await new Promise((resolve) => setImmediate(resolve));
        if (isWaiting()) clock.advance(5000);
      }
    },
    async close() {
      workspace.close();
      await journal.close();
    },
  };
}

/** A link of the owner's into a workspace; nothing is limited. */
export function sessionOf(workspace: Workspace, extra: Partial<LinkSession> = {}): LinkSession {
  return { workspace, person: owner, take: () => 0, repeats: createRepeatGuard(), ...extra };
}
