import { setTimeout as sleep } from "node:timers/promises";
import { parseEvent } from "@kingly/codec";
import { createSeededRandom } from "@kingly/runtime/testing";
import { openHouse, readLog, until } from "../../e2e/house.ts";
import type { AppName, House } from "../../e2e/house.ts";
import { openFaultProxy } from "../delivery/fault-proxy.ts";
import type { FaultProxy } from "../delivery/fault-proxy.ts";
import { createTallyKeeper, sumTallies } from "../delivery/tally.ts";
import type { Tally } from "../delivery/tally.ts";
import { compareBoard } from "./compare-board.ts";
import { openPerson } from "./person.ts";
import type { Person } from "./person.ts";

/** How many people say how much, and what is done to the house meanwhile. */
export interface ChaosPlan {
  readonly people: number;
  readonly saysOfEach: number;
  readonly faultMs: number;
  readonly killMs: number;
  readonly seed: number;
}

/** What is left of it when all is quiet again. */
export interface ChaosReport {
  /** Each person's utterances in the log: once each, in the order in which they were said. */
  readonly up: Tally;
  /** Each person's rows: the whole log, in order. */
  readonly down: Tally;
  readonly rows: number;
  readonly kills: Readonly<Record<"gateway" | "orchestrator" | "both", number>>;
  readonly faults: number;
  /** Whatever is not as it must be, in words. */
  readonly wrong: readonly string[];
  readonly seconds: number;
}

/** Lets people talk to the real apps while network and processes fail; both hops have a proxy of faults. */
export async function runChaos(plan: ChaosPlan, tell: (progress: string) => void = () => {}): Promise<ChaosReport> {
  const startedMs = performance.now();
  const random = createSeededRandom(plan.seed);
  let behind: FaultProxy | undefined;
  const house = await openHouse({
    async between(target) {
      behind = await openFaultProxy({ random }, { target, faultMs: plan.faultMs });
      return behind.port;
    },
  });
  const before = await openFaultProxy({ random }, { target: Number(new URL(house.url).port), faultMs: plan.faultMs });
  const proxies = [before, ...(behind === undefined ? [] : [behind])];
  const people: Person[] = [];
  const kills = { gateway: 0, orchestrator: 0, both: 0 };
  try {
    await Promise.all([house.start("orchestrator"), house.start("gateway")]);
    // A mirror that never met the back has no epoch yet: who came earlier would rightly be resynced once.
    await until("readiness", async () => (await house.fetch("/readyz")).status === 200 || undefined);
    for (let number = 0; number < plan.people; number += 1) {
      people.push(openPerson({ port: before.port, token: house.token }));
    }
    const said = people.map(() => 0);
    const talk = setInterval(() => {
      for (const [number, person] of people.entries()) {
        const n = said[number] ?? 0;
        if (n >= plan.saysOfEach || person.waiting() >= 8) continue;
        said[number] = n + 1;
        person.say(`p${number}-${n + 1}`, utterance(number, n + 1));
      }
    }, 5);
    let nextKillMs = performance.now() + plan.killMs;
    let turn = 0;
    while (people.some((person, number) => (said[number] ?? 0) < plan.saysOfEach || person.waiting() > 0)) {
      await sleep(25);
      if (performance.now() < nextKillMs) continue;
      const victims = (["gateway", "orchestrator", "both"] as const)[turn++ % 3] ?? "both";
      kills[victims] += 1;
      tell(`${people.reduce((sum, one) => sum + one.recorded.size, 0)} recorded; kill -9 ${victims}`);
      const apps: readonly AppName[] = victims === "both" ? ["gateway", "orchestrator"] : [victims];
      await Promise.all(apps.map((app) => house.kill(app)));
      await Promise.all(apps.map((app) => house.start(app)));
      nextKillMs = performance.now() + plan.killMs;
    }
    clearInterval(talk);
    for (const proxy of proxies) proxy.calm();
    await rest(house);
    const rows = await readLog(house);
    const head = rows.at(-1)?.seq ?? 0;
    for (let waitedMs = 0; waitedMs < 15_000 && people.some((one) => one.heard.at(-1)?.seq !== head); waitedMs += 50) {
      await sleep(50);
    }
    return {
      ...judge(people, plan, rows),
      rows: rows.length,
      kills,
      faults: proxies.reduce((sum, { counts }) => sum + Object.values(counts).reduce((all, n) => all + n, 0), 0),
      wrong: [...findWrong(people, rows), ...(await compareBoard(house))],
      seconds: (performance.now() - startedMs) / 1000,
    };
  } finally {
    for (const person of people) person.close();
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await house.close();
  }
}

function utterance(person: number, n: number): string {
  if (n % 10 === 0) return `Create page ${n} for customer ${person}`;
  if (n % 2 === 0) return `Remember that my box ${n} of shelf ${person} holds part ${n * 7}`;
  return `The lamp ${n} of room ${person} is green`;
}

/** Waits until nothing waits for the back and the log has stood still for a second. */
async function rest(house: House): Promise<void> {
  let head = -1;
  let stillMs = 0;
  for (let waitedMs = 0; waitedMs < 120_000 && stillMs < 1000; waitedMs += 200) {
    await sleep(200);
    const metrics = await house.fetch("/metrics").then(
      (response) => response.text(),
      () => "",
    );
    const isReady = await house.fetch("/readyz").then(
      ({ status }) => status === 200,
      () => false,
    );
    const waits = [...metrics.matchAll(/^kingly_waiting_commands\{.*\} (\d+)$/gm)].some(([, n]) => n !== "0");
    const board = await house.json<{ seq: number }>("/v1/board").catch(() => ({ seq: -1 }));
    stillMs = isReady && !waits && metrics !== "" && board.seq === head ? stillMs + 200 : 0;
    head = board.seq;
  }
}

type Row = { readonly seq: number; readonly line: string; readonly cid?: string };

function judge(people: readonly Person[], plan: ChaosPlan, rows: readonly Row[]): Pick<ChaosReport, "up" | "down"> {
  const ups = people.map(createTallyKeeper);
  for (const { line } of rows) {
    const parsed = line.startsWith("ut#") ? parseEvent(line) : undefined;
    if (parsed?.ok !== true || parsed.value.op !== "utterance_recorded") continue;
    const [, person, n] = /^p(\d+)-(\d+)$/.exec(parsed.value.utterance_id) ?? [];
    ups[Number(person)]?.add(Number(n));
  }
  const downs = people.map((person) => {
    const keeper = createTallyKeeper();
    for (const { seq } of person.heard) keeper.add(seq);
    return keeper.end(rows.length);
  });
  return { up: sumTallies(ups.map((keeper) => keeper.end(plan.saysOfEach))), down: sumTallies(downs) };
}

function findWrong(people: readonly Person[], rows: readonly Row[]): readonly string[] {
  const wrong: string[] = [];
  for (const [at, { seq }] of rows.entries()) if (seq !== at + 1) wrong.push(`row ${at + 1} of the log has seq ${seq}`);
  const lines = new Map(rows.map((row) => [row.seq, row.line]));
  for (const [number, person] of people.entries()) {
    for (const { seq, body } of person.heard) {
      const line = "line" in body ? body.line : undefined;
      if (line !== lines.get(seq)) wrong.push(`person ${number} heard at ${seq} what the log does not say`);
    }
    if (person.resyncs.length > 0) wrong.push(`person ${number} had ${person.resyncs.length} resyncs`);
    wrong.push(...person.refused.map((refusal) => `person ${number} was refused ${refusal}`));
  }
  return wrong;
}
