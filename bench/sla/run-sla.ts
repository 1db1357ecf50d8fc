import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openHouse, until } from "../../e2e/house.ts";
import type { House } from "../../e2e/house.ts";
import { utterance } from "../reply/utterances.ts";
import { openProbe } from "./open-probe.ts";
import type { Probe } from "./open-probe.ts";

/** How much goes on beside, and how long. */
export interface SlaPlan {
  readonly people: number;
  readonly perSecond: number;
  readonly runsPerSecond: number;
  readonly seconds: number;
  /** Seconds before them that are thrown away. */
  readonly warmUpSeconds: number;
}

/** What was waited for each promise, and what the others said. */
export interface SlaReport {
  readonly rows: readonly { readonly name: string; readonly limitMs: number; readonly waitsMs: readonly number[] }[];
  readonly saidBeside: number;
  readonly unanswered: number;
}

const workflow = `
id: quick_note
name: Quick note
steps:
  - { id: pause, kind: wait, durationMs: 50 }
`;
const workspaces = 10;
const settleMs = 3_000;

/** Measures the promises over the real apps. The one who measures speaks ten times a second, in a workspace of the others. */
export async function runSla(plan: SlaPlan): Promise<SlaReport> {
  const house = await openHouse();
  try {
    mkdirSync(join(house.home, "workflows"), { recursive: true });
    writeFileSync(join(house.home, "workflows/quick_note.yaml"), workflow);
    writeFileSync(join(house.home, "kingly.config.json"), JSON.stringify({ askAgainMs: 0 }));
    await house.start("orchestrator");
    await house.start("gateway");
    await until("readiness", async () => (await house.fetch("/readyz")).status === 200 || undefined);
    await until("the tools", async () => (await toolsAreReady(house)) || undefined);
    const host = new URL(house.url).host;
    const people: Probe[] = [];
    for (let index = 0; index < plan.people; index += 1) {
      people.push(await openProbe(host, house.token, `w${index % workspaces}`));
    }
    const probe = await openProbe(host, house.token, "w0");
    await until("the workflows are known", async () => {
      const id = `known_${performance.now().toFixed(0)}`;
      probe.say(id, "run the quick note workflow");
      await sleep(200);
      return probe.said.get(id)?.acceptedMs;
    });

    // What the apps do once after a start (threads, tool servers, machine code of what is called often) is not measured.
    await sleep(settleMs);
    const beginsAtMs = performance.now() + plan.warmUpSeconds * 1000;
    const endsAtMs = beginsAtMs + plan.seconds * 1000;
    const queriesMs: number[] = [];
    let earlyNotices = 0;
    await Promise.all([
      every(plan.people * plan.perSecond, endsAtMs, (n) => {
        people[n % people.length]?.say(`p${n}`, utterance(n));
      }),
      every(plan.runsPerSecond, endsAtMs, (n) =>
        people[n % people.length]?.say(`r${n}`, "run the quick note workflow"),
      ),
      sleep(plan.warmUpSeconds * 1000).then(() => (earlyNotices = probe.noticesMs.length)),
      every(10, endsAtMs, (n) => probe.say(`t${n}`, `Create page number ${n}`)),
      every(1, endsAtMs, (n) => probe.say(`x${n}`, `Plan project Harbour${n} for web and mobile`)),
      every(5, endsAtMs, async (n) => {
        const fromMs = performance.now();
        const path = n % 2 === 0 ? "/v1/memory?q=colour+charts&workspace=w0" : "/v1/tasks?limit=20&workspace=w0";
        const response = await house.fetch(path);
        await response.text();
        if (response.ok && fromMs >= beginsAtMs) queriesMs.push(performance.now() - fromMs);
      }),
    ]);
    await sleep(settleMs);
    const of = (key: "heardMs" | "recordedMs" | "acceptedMs" | "runningMs", first: string): number[] =>
      [...probe.said]
        .filter(([id, { sentAtMs }]) => id.startsWith(first) && sentAtMs >= beginsAtMs)
        .map(([, turn]) => turn[key] ?? Number.POSITIVE_INFINITY);
    const others = people.flatMap((person) => [...person.said.values()]);
    return {
      rows: [
        { name: "first reply", limitMs: 50, waitsMs: [...of("heardMs", "t"), ...of("heardMs", "x")] },
        { name: "recorded (fsynced)", limitMs: 100, waitsMs: of("recordedMs", "t") },
        { name: "command acknowledged (committed by the back)", limitMs: 100, waitsMs: of("acceptedMs", "t") },
        { name: "simple query", limitMs: 200, waitsMs: queriesMs },
        { name: "complex workflow started", limitMs: 500, waitsMs: of("runningMs", "x") },
        { name: "completion to notice", limitMs: 2000, waitsMs: probe.noticesMs.slice(earlyNotices) },
      ],
      saidBeside: others.length,
      unanswered: others.filter(({ heardMs }) => heardMs === undefined).length,
    };
  } finally {
    await house.close();
  }
}

/** Does something so often a second, on schedule, until the time is over; waits for what it began. */
async function every(perSecond: number, endsAtMs: number, work: (n: number) => unknown): Promise<void> {
  if (perSecond <= 0) return;
  const fromMs = performance.now();
  const begun: unknown[] = [];
  for (let n = 0; performance.now() < endsAtMs; n += 1) {
    begun.push(work(n));
    await sleep(Math.max(0, fromMs + ((n + 1) * 1000) / perSecond - performance.now()));
  }
  await Promise.all(begun);
}

async function toolsAreReady(house: House): Promise<boolean> {
  const { checks } = await house.json<{ readonly checks: Readonly<Record<string, unknown>> }>("/readyz");
  return !JSON.stringify(checks).includes("starting");
}
