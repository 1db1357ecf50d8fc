import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { createBatcher } from "../src/index.ts";
import type { Batcher, Outcome } from "../src/index.ts";
import { openServers } from "../src/servers/index.ts";
import type { Servers } from "../src/servers/index.ts";

/** What a proof by killing has found. */
export interface RestartsFound {
  readonly kills: number;
  readonly calls: number;
  readonly ok: number;
  readonly unknown: number;
  readonly failed: number;
  /** Effects that stand in a ledger more than once. */
  readonly duplicates: number;
  /** Outcomes that say something else than the ledger. */
  readonly lies: readonly string[];
  /** From each kill to the next `ready`, in milliseconds, ascending. */
  readonly backMs: readonly number[];
}

interface Told {
  readonly effect: string;
  readonly outcome: Outcome;
}

/** Kills servers with SIGKILL while writes run on them, and compares what was told of each write with what was done.
 *
 * Half of the servers honour idempotency keys. Each round has one write answered, sends five more to a server, kills its process somewhere in
 * the middle of them, and waits for the outcomes and the server's return. */
export const proveRestarts = async (
  folder: string,
  options: { readonly servers: number; readonly rounds: number; readonly program: string },
): Promise<RestartsFound> => {
  const clock = createSystemClock();
  const random = createSystemRandom();
  const names = Array.from({ length: options.servers }, (_, index) => `ledger-${index}`);
  const honours = (name: string): boolean => Number(name.split("-")[1]) % 2 === 0;
  const ledgerOf = (name: string): string => join(folder, name);
  const servers = openServers(
    { clock, random, log: createSilentLog() },
    {
      mcpServers: Object.fromEntries(
        names.map((name) => [
          name,
          {
            command: process.execPath,
            args: [options.program],
            env: { LEDGER: ledgerOf(name), HONOURS_KEYS: honours(name) ? "yes" : "no" },
            idempotencyKeys: honours(name),
          },
        ]),
      ),
    },
  );
  const batcher = createBatcher({ caller: servers.caller, clock, log: createSilentLog() });
  const told: Told[] = [];
  const backMs: number[] = [];
  let kills = 0;
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void clock.setTimer(ms, resolve));
  const rounds = async (name: string): Promise<void> => {
    for (let round = 0; round < options.rounds; round += 1) {
      const write = async (index: number, longestMs: number): Promise<void> => {
        const effect = `${name}/${round}/${index}`;
        const args = { effect, beforeMs: random.fraction() * longestMs, afterMs: random.fraction() * longestMs };
        told.push({ effect, outcome: await record(batcher, name, effect, args, honours(name)) });
      };
      // One that is answered: whoever dies without ever having answered is waited for ever longer.
      await write(0, 0);
      const writes = [1, 2, 3, 4, 5].map((index) => write(index, 20));
      await wait(random.fraction() * 45);
      const { pid } = servers.states().find((state) => state.name === name) ?? {};
      const back = isBack(servers, name);
      const killedMs = clock.monotonicMs();
      if (pid !== undefined) {
        process.kill(pid, "SIGKILL");
        kills += 1;
        await back;
        backMs.push(clock.monotonicMs() - killedMs);
      }
      await Promise.all(writes);
    }
  };
  await servers.start();
  await Promise.all(names.map(rounds));
  await batcher.close();
  await servers.close();
  return { kills, ...compare(told, names.map(ledgerOf)), backMs: backMs.toSorted((a, b) => a - b) };
};

const record = (batcher: Batcher, server: string, effect: string, args: object, hasKey: boolean): Promise<Outcome> =>
  batcher.add({
    server,
    tool: "record",
    args: { ...args },
    kind: "write",
    ...(hasKey ? { idempotencyKey: effect } : {}),
  });

/** Resolves when the server was lost and is ready again. */
const isBack = (servers: Servers, name: string): Promise<void> =>
  new Promise((resolve) => {
    let wasLost = false;
    const stop = servers.onState((state) => {
      if (state.name !== name) return;
      wasLost ||= state.status !== "ready";
      if (!wasLost || state.status !== "ready") return;
      stop();
      resolve();
    });
  });

const compare = (told: readonly Told[], ledgers: readonly string[]): Omit<RestartsFound, "kills" | "backMs"> => {
  const times = new Map<string, number>();
  for (const ledger of ledgers) {
    for (const line of readFileSync(ledger, "utf8").split("\n").filter(Boolean)) {
      times.set(line, (times.get(line) ?? 0) + 1);
    }
  }
  const lies = told.flatMap(({ effect, outcome: { status } }) => {
    const done = times.get(effect) ?? 0;
    const isTrue = status === "ok" ? done === 1 : status === "failed" ? done === 0 : status === "unknown";
    return isTrue ? [] : [`${effect}: ${status}, done ${done} times`];
  });
  const count = (status: string): number => told.filter(({ outcome }) => outcome.status === status).length;
  return {
    calls: told.length,
    ok: count("ok"),
    unknown: count("unknown"),
    failed: count("failed"),
    duplicates: [...times.values()].filter((each) => each > 1).length,
    lies,
  };
};
