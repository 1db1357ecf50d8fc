import {
  createScanner,
  createTaint,
  defuse,
  expand,
  findUnresolved,
  formatCommand,
  lenient,
  parseCommand,
  readLenient,
} from "@kingly/codec";
import { show } from "./proof.ts";
import type { Found } from "./proof.ts";

// In UTF-16 units. Beyond 21,845 of them the reader counts bytes first; a shape is below that at both sizes, or above.
const ascii = [21_900, 65_400] as const;
const wide = [5450, 21_800] as const;
// Counted looks are exact. Time has steps in it, arrays that grow and memory that is collected, and other work beside it.
// Squared, both would be 4.
const mostLooks = 2.2;
const mostTime = 3;
const mostRounds = 60;

const fill = (unit: string, size: number): string => unit.repeat(Math.floor(size / unit.length));

// How hostile lines begin, go on, and end: each is as long as a frame may be.
const lines: readonly (readonly [before: string, unit: string, after: string])[] = [
  ["tc:", "a", ""],
  ["tc:", "\\\\", ""],
  ["tc:", "\\ud83d\\ude00", ""],
  ["tc:", "\\u00", ""],
  ["tc:a", " ", ""],
  ["tc:", "a ", "b"],
  ["tc:", "é", ""],
  ["tc:", "[", ""],
  ["tc: ", "[a]", ""],
  ["tc: ", "\\d", ""],
  ["tc:x|y", " | ", ""],
  ["tc:", "|", ""],
  ["tc:", "{", ""],
  ["tc:{", "a", "}"],
  ["tc", "#", ""],
  ["", "task_create", ":"],
  ["ms:k|", "[", ""],
  ["ms:k|", "{a:", ""],
  ["ms:k|", "9", ""],
  ["ms:k|0.", "1", ""],
  ["ms:k|1e", "9", ""],
  ["ms:k|[", "1,", "1]"],
  ["ms:k|[", "[],", "[]]"],
  ["ms:k|[", " ", "]"],
  ["ms:k|[", "a,", "]"],
  ["ms:k|[", "“a”,", "]"],
  ["ms:k|[", "“", ""],
  ["ms:k|{", "a-b:1,", "}"],
  ["ms:k|'", "a", ""],
  ['ms:k|"', "\\'", ""],
  ["[G: ms:k|{a:", "1", "]"],
  ["", "`", ""],
  ["", "[tc:", ""],
  ["", " \n", ""],
  ["{", "'a':", "}"],
  ["", "[a234567890123456789 k7: ", ""],
  ["", "[G: tc:a[G: ms:k|{a:]", ""],
  ["", "\\[", ""],
  ["", "${a}", ""],
  ["", "${", ""],
  ["", "a#aaaaaaaaaaaaaaaa:", ""],
  ["", "a\u{301}\u{316}", ""],
  ["", "\u{1f468}\u{200d}", ""],
];

const manyKeys = (size: number): string =>
  `ms:k|{${Array.from({ length: Math.floor(size / 9) - 1 }, (_, key) => `a${String(key).padStart(5, "0")}:1`).join(",")}}`;

type Work = (input: string) => unknown;

function scanned(manner: typeof lenient | undefined, chunk: number): Work {
  return (input) => {
    const scanner = createScanner({ lenient: manner, maxLength: 65_536 });
    for (let at = 0; at < input.length; at += chunk) scanner.push(input.slice(at, at + chunk));
    return scanner.end();
  };
}

const works: Readonly<Record<string, Work>> = {
  "strict reader": parseCommand,
  "mending reader": (input) => readLenient(input, "command"),
  "scanner, strict, by 4": scanned(undefined, 4),
  "scanner, mending, by 4": scanned(lenient, 4),
  "scanner, mending, in one": scanned(lenient, 65_536),
  "taint, text and check": (input) => {
    const taint = createTaint();
    taint.add(input);
    return taint.check(`[G: ${input.slice(0, 4000)}b|]`);
  },
  defuse,
  "writer, text": (input) => formatCommand({ op: "task_create", title: `x${input.slice(0, input.length / 8)}` }),
  "writer, payload": (input) =>
    formatCommand({ op: "memory_store", key: "k", value: [input.slice(0, input.length / 8)] }),
  "expand and find": (input) => {
    const message = expand({ op: "task_create", title: input }, { a: "b" });
    return findUnresolved(message);
  },
};

/** Runs a piece of work often enough to be seen by the clock; returns the milliseconds of one. */
function time(work: Work, input: string, times: number): number {
  const start = performance.now();
  for (let turn = 0; turn < times; turn += 1) work(input);
  return (performance.now() - start) / times;
}

/** Counts the looks at single units that a piece of work takes. */
function countLooks(work: Work, input: string): number {
  let looks = 0;
  const names = ["charCodeAt", "codePointAt", "charAt"] as const;
  const kept = names.map((name) => [name, Reflect.get(String.prototype, name)] as const);
  for (const [name, look] of kept) {
    Reflect.set(String.prototype, name, function (this: string, index: number) {
      looks += 1;
      return Reflect.apply(look, this, [index]);
    });
  }
  try {
    work(input);
  } finally {
    for (const [name, look] of kept) Reflect.set(String.prototype, name, look);
  }
  return looks;
}

interface Ratio {
  ratio: number;
  shape: string;
}

/** Lets hostile inputs grow to 64 KiB: for each doubling the work at most doubles. [C25][C36][C37][C45]
 *
 * Of the time the best of several rounds counts, the two sizes in turns: other work on the machine only ever adds. */
export function linear(progress: (done: number) => void): Found {
  const shapes = [
    ...lines.map(
      ([before, unit, after]) =>
        (size: number) =>
          before + fill(unit, size - before.length) + after,
    ),
    manyKeys,
    (size: number): string => `[G: ${manyKeys(size - 5)}]`,
  ];
  const inputs = shapes.map((shape): readonly [string, string] => {
    const [from, to] = /^[\0-\u007f]*$/.test(shape(100)) ? ascii : wide;
    // From a buffer, as from a socket: a string put together from parts is slower to read.
    return [Buffer.from(shape(from)).toString(), Buffer.from(shape(to)).toString()];
  });
  const rows: string[] = [];
  const timedAll = Object.entries(works).map(([name, work], index) => {
    const worst: Ratio = { ratio: 0, shape: "" };
    const ratios: number[] = [];
    let mostMs = 0;
    for (const [small, large] of inputs) {
      progress(index * inputs.length + ratios.length);
      const { ratio, ms } = timeBoth(work, small, large);
      ratios.push(ratio);
      mostMs = Math.max(mostMs, ms);
      // What ends at its first signs has no ratio worth telling.
      if (ms > 0.005) raise(worst, ratio, small);
    }
    const median = ratios.toSorted((one, other) => one - other)[ratios.length >> 1] ?? 0;
    return { name, work, worst, median, mostMs };
  });
  // Afterwards, because whoever counts makes the engine forget what it had learned.
  for (const { name, work, worst, median, mostMs } of timedAll) {
    const looks: Ratio = { ratio: 0, shape: "" };
    for (const [small, large] of inputs) {
      const count = countLooks(work, large);
      if (count > 1000) raise(looks, perDoubling(count / countLooks(work, small), small, large), small);
    }
    if (looks.ratio > mostLooks) return { counterexample: `${name}, looks: ${told(looks)}` };
    if (worst.ratio > mostTime) return { counterexample: `${name}, time: ${told(worst)}` };
    rows.push(
      row(
        name,
        [
          looks.ratio === 0 ? "native" : looks.ratio.toFixed(2),
          ...[median, worst.ratio, mostMs].map((cell) => cell.toFixed(2)),
        ],
        show(worst.shape),
      ),
    );
  }
  const head = row("work for twice the input", ["looks, most", "median", "most", "most ms"], "the most at");
  return { facts: [`${inputs.length} shapes up to 64 KiB, by exact looks at signs and by time`, head, ...rows] };
}

function row(name: string, cells: readonly string[], last: string): string {
  return `  ${name.padEnd(26)}${cells.map((cell) => cell.padStart(12)).join("")}  ${last}`;
}

function perDoubling(ratio: number, small: string, large: string): number {
  return ratio ** (1 / Math.log2(large.length / small.length));
}

function raise(worst: Ratio, ratio: number, input: string): void {
  if (ratio > worst.ratio) Object.assign(worst, { ratio, shape: input.slice(0, 20) });
}

function told({ ratio, shape }: Ratio): string {
  return `twice of ${show(shape)} takes ${ratio.toFixed(2)} times as much`;
}

/** Times the work of both sizes: how much longer the larger takes for each doubling, and its milliseconds. */
function timeBoth(work: Work, small: string, large: string): { ratio: number; ms: number } {
  const once = Math.max(time(work, large, 1), time(work, large, 1));
  const times = Math.max(1, Math.min(200, Math.ceil(2 / once)));
  let [half, whole, ratio] = [Infinity, Infinity, Infinity];
  for (let round = 0; round < mostRounds && (round < 5 || ratio > 2.2); round += 1) {
    half = Math.min(half, time(work, small, times));
    whole = Math.min(whole, time(work, large, times));
    ratio = perDoubling(whole / half, small, large);
  }
  return { ratio, ms: whole };
}
