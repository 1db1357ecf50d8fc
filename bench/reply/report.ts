import type { Load } from "./options.ts";
import type { Waits } from "./plan.ts";
import type { ProcessCpu } from "./process-cpu.ts";
import { at, median, pool, quantile, range } from "./quantiles.ts";
import type { RoundSide } from "./run-load.ts";

/** One round: each turn's name with what it measured. */
export type Round = ReadonlyMap<string, RoundSide>;

/** A load as it was measured. */
export interface Measured {
  readonly lines: readonly string[];
  /** Why the promise was not kept, empty when it was. */
  readonly broken: readonly string[];
}

const targetMs = 50;

/** Writes the table of one load and judges it: nothing lost, no fault, p99 of the first reply under 50 ms.
 *
 * The turns whose name begins with `Kingly` are judged; the first turn is what the others are compared with. */
export function report(load: Load, rounds: readonly Round[]): Measured {
  const turns = [...(rounds[0]?.keys() ?? [])];
  const sidesOf = (turn: string): readonly RoundSide[] =>
    rounds.flatMap((round) => {
      const side = round.get(turn);
      return side === undefined ? [] : [side];
    });
  const heads = ["p50", "p99", "p99.9", "max", "| p50", "p99", "p99.9", "max", "answers"];
  const lines = [
    "",
    `${load.clients} x ${load.perSecond}/s`.padEnd(24) + heads.map((head) => head.padStart(8)).join(""),
    `${" ".repeat(24)}${"ms from send".padStart(32)}${"| ms from schedule".padStart(21)}`,
  ];
  for (const turn of turns) {
    const sides = sidesOf(turn);
    if (!isKingly(turn))
      lines.push(
        row(
          `${turn} echo`,
          pool(sides, (side) => side.heard),
        ),
      );
    else {
      lines.push(
        row(
          `${turn} heard`,
          pool(sides, (side) => side.heard),
        ),
      );
      lines.push(
        row(
          `${turn} recorded`,
          pool(sides, (side) => side.recorded),
        ),
      );
      lines.push(
        row(
          `${turn} accepted`,
          pool(sides, (side) => side.accepted),
        ),
      );
    }
  }
  lines.push("");
  const [base = ""] = turns;
  for (const turn of turns.slice(1)) lines.push(...ratios(rounds, base, turn));
  for (const turn of turns) lines.push(...cpuLines(rounds, base, turn));
  const broken: string[] = [];
  for (const turn of turns) {
    const sides = sidesOf(turn);
    const lost = sum(sides, (side) => side.lost);
    const faults = sum(sides, (side) => side.faultCount);
    lines.push(`${turn}: lost ${lost}, faults ${faults}, resyncs ${sum(sides, (side) => side.resyncs)}`);
    for (const side of sides) lines.push(...side.faults.map((fault) => `  fault: ${fault}`));
    if (!isKingly(turn)) continue;
    const name = `${turn}, ${load.clients} x ${load.perSecond}/s`;
    if (lost > 0) broken.push(`${name}: ${lost} utterances did not get both replies.`);
    if (faults > 0) broken.push(`${name}: ${faults} faults.`);
    const p99 = quantile(pool(sides, (side) => side.heard).fromSchedule, 0.99);
    if (!(p99 < targetMs)) {
      broken.push(
        `${name}: p99 of the first reply is ${p99.toFixed(1)} ms from its schedule, the target is ${targetMs}.`,
      );
    }
  }
  return { lines, broken };
}

function isKingly(turn: string): boolean {
  return turn.startsWith("Kingly");
}

function row(name: string, { fromSend, fromSchedule }: Waits): string {
  if (fromSend.length === 0) return `${name.padEnd(24)}  none`;
  const cells = [fromSend, fromSchedule].flatMap((waits) =>
    [0.5, 0.99, 0.999, 1].map((share) => quantile(waits, share).toFixed(2).padStart(8)),
  );
  return name.padEnd(24) + cells.join("") + String(fromSend.length).padStart(8);
}

function ratios(rounds: readonly Round[], base: string, turn: string): readonly string[] {
  const of = (name: "heard" | "recorded", share: number): string =>
    range(
      rounds.map((round) => {
        const [own, other] = [round.get(turn), round.get(base)];
        return own === undefined || other === undefined ? Number.NaN : at(own[name], share) / at(other.heard, share);
      }),
    );
  const lines = [`${`${turn} / ${base}`.padEnd(28)}p50 ${of("heard", 0.5)}, p99 ${of("heard", 0.99)}`];
  if (isKingly(turn) && !isKingly(base)) {
    lines.push(`${"  recorded".padEnd(28)}p50 ${of("recorded", 0.5)}, p99 ${of("recorded", 0.99)}`);
  }
  return lines;
}

/** CPU of each process for one message of the measured part; the first one's also beside the base's. */
function cpuLines(rounds: readonly Round[], base: string, turn: string): readonly string[] {
  const both = (side: RoundSide | undefined, process: string): number => {
    const used = side?.cpu.get(process);
    return used === undefined || side === undefined ? Number.NaN : (used.mainUs + used.othersUs) / side.messages;
  };
  const part = (side: RoundSide | undefined, process: string, key: keyof ProcessCpu): number =>
    (side?.cpu.get(process)?.[key] ?? Number.NaN) / (side?.messages ?? Number.NaN);
  const us = (values: readonly number[]): string =>
    values.some(Number.isNaN) ? "?" : `${median(values).toFixed(0)} us`;
  const server = isKingly(turn) ? "gateway" : "echo";
  const main = (key: keyof ProcessCpu): string => us(rounds.map((round) => part(round.get(turn), server, key)));
  let line =
    `CPU a message, ${turn}: ${us(rounds.map((round) => both(round.get(turn), server)))} ` +
    `(main thread ${main("mainUs")}, without a core ${main("mainWaitedUs")})`;
  if (isKingly(turn)) {
    line += `, orchestrator ${us(rounds.map((round) => both(round.get(turn), "orchestrator")))}`;
  }
  if (turn !== base) {
    const baseServer = isKingly(base) ? "gateway" : "echo";
    line += `; ${range(rounds.map((round) => both(round.get(turn), server) / both(round.get(base), baseServer)))} ${base}`;
  }
  return [line];
}

function sum(sides: readonly RoundSide[], pick: (side: RoundSide) => number): number {
  return sides.reduce((total, side) => total + pick(side), 0);
}
