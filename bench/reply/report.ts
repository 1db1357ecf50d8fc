import type { Load } from "./options.ts";
import type { Waits } from "./plan.ts";
import type { ProcessCpu } from "./process-cpu.ts";
import type { RoundSide } from "./run-load.ts";

/** One round: the rival first, then Kingly. */
export interface Round {
  readonly echo: RoundSide;
  readonly kingly: RoundSide;
}

/** A load as it was measured. */
export interface Measured {
  readonly lines: readonly string[];
  /** Why the promise was not kept, empty when it was. */
  readonly broken: readonly string[];
}

const targetMs = 50;

/** Writes the table of one load and judges it: nothing lost, no fault, p99 of the first reply under 50 ms. */
export function report(load: Load, rounds: readonly Round[]): Measured {
  const echo = rounds.map((round) => round.echo);
  const kingly = rounds.map((round) => round.kingly);
  const heard = pool(kingly, (side) => side.heard);
  const lines = [
    "",
    `${load.clients} x ${load.perSecond}/s${" ".repeat(40)}`.slice(0, 22) +
      ["p50", "p99", "p99.9", "max", "| p50", "p99", "p99.9", "max", "answers"]
        .map((head) => head.padStart(8))
        .join(""),
    `${" ".repeat(22)}${"ms from send".padStart(32)}${"| ms from schedule".padStart(21)}`,
    row(
      "ws echo",
      pool(echo, (side) => side.heard),
    ),
    row("Kingly heard", heard),
    row(
      "Kingly recorded",
      pool(kingly, (side) => side.recorded),
    ),
    row(
      "Kingly accepted",
      pool(kingly, (side) => side.accepted),
    ),
    "",
    ...ratios(rounds),
    ...cpuLines(rounds),
  ];
  const lost = sum(kingly, (side) => side.lost);
  const faults = sum(kingly, (side) => side.faultCount);
  const echoLost = sum(echo, (side) => side.lost + side.faultCount);
  const resyncs = sum(kingly, (side) => side.resyncs);
  lines.push(`Kingly lost ${lost}, faults ${faults}, resyncs ${resyncs}; echo lost or faults ${echoLost}`);
  for (const side of [...echo, ...kingly]) lines.push(...side.faults.map((fault) => `  fault: ${fault}`));
  const broken: string[] = [];
  const name = `${load.clients} x ${load.perSecond}/s`;
  if (lost > 0) broken.push(`${name}: ${lost} utterances did not get both replies.`);
  if (faults > 0) broken.push(`${name}: ${faults} faults.`);
  const p99 = quantile(heard.fromSchedule, 0.99);
  if (!(p99 < targetMs)) {
    broken.push(
      `${name}: p99 of the first reply is ${p99.toFixed(1)} ms from its schedule, the target is ${targetMs}.`,
    );
  }
  return { lines, broken };
}

function pool(sides: readonly RoundSide[], pick: (side: RoundSide) => Waits): Waits {
  const join = (key: keyof Waits): Float64Array =>
    Float64Array.from(sides.flatMap((side) => [...pick(side)[key]])).toSorted();
  return { fromSend: join("fromSend"), fromSchedule: join("fromSchedule") };
}

/** Reads a quantile of sorted values; not a number when there are none. */
function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function row(name: string, { fromSend, fromSchedule }: Waits): string {
  if (fromSend.length === 0) return `${name.padEnd(22)}  none`;
  const cells = [fromSend, fromSchedule].flatMap((waits) =>
    [0.5, 0.99, 0.999, 1].map((share) => quantile(waits, share).toFixed(2).padStart(8)),
  );
  return name.padEnd(22) + cells.join("") + String(fromSend.length).padStart(8);
}

function ratios(rounds: readonly Round[]): readonly string[] {
  const of = (pick: (side: RoundSide) => Waits, share: number): readonly number[] =>
    rounds.map(({ echo, kingly }) => at(pick(kingly), share) / at(echo.heard, share));
  return [
    `heard / echo          p50 ${range(of((side) => side.heard, 0.5))}, p99 ${range(of((side) => side.heard, 0.99))}`,
    `recorded / echo       p50 ${range(of((side) => side.recorded, 0.5))}, p99 ${range(of((side) => side.recorded, 0.99))}`,
  ];
}

function at(waits: Waits, share: number): number {
  return quantile(waits.fromSend.toSorted(), share);
}

/** CPU of each process for one message of the measured part; Kingly's total also beside the echo's. */
function cpuLines(rounds: readonly Round[]): readonly string[] {
  const perMessage = (side: RoundSide, process: string, part: keyof ProcessCpu): number =>
    (side.cpu.get(process)?.[part] ?? Number.NaN) / side.messages;
  const both = (side: RoundSide, process: string): number =>
    perMessage(side, process, "mainUs") + perMessage(side, process, "othersUs");
  const us = (values: readonly number[]): string =>
    values.some(Number.isNaN) ? "?" : `${median(values).toFixed(0)} us`;
  const kingly = rounds.map((round) => round.kingly);
  const echo = rounds.map((round) => round.echo);
  const main = (sides: readonly RoundSide[], process: string): string =>
    `main thread ${us(sides.map((side) => perMessage(side, process, "mainUs")))}, ` +
    `without a core ${us(sides.map((side) => perMessage(side, process, "mainWaitedUs")))}`;
  const ratio = (part: (side: RoundSide, process: string) => number): string =>
    range(rounds.map((round) => part(round.kingly, "gateway") / part(round.echo, "echo")));
  return [
    `CPU per message       echo ${us(echo.map((side) => both(side, "echo")))} (${main(echo, "echo")})`,
    `                      gateway ${us(kingly.map((side) => both(side, "gateway")))} (${main(kingly, "gateway")})`,
    `                      orchestrator ${us(kingly.map((side) => both(side, "orchestrator")))}`,
    `gateway / echo        ${ratio(both)}, main threads ${ratio((side, process) => perMessage(side, process, "mainUs"))}`,
  ];
}

function range(values: readonly number[]): string {
  if (values.some(Number.isNaN)) return "?";
  return `${median(values).toFixed(2)}x (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

function sum(sides: readonly RoundSide[], pick: (side: RoundSide) => number): number {
  return sides.reduce((total, side) => total + pick(side), 0);
}
