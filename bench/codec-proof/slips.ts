import { parseCommand, readLenient } from "@kingly/codec";
import { malformed } from "../../packages/codec/test/malformed.ts";
import { show } from "./proof.ts";
import type { Found } from "./proof.ts";

/** Mends malformed commands, ten of each kind of fault: a table of what came of them, and no wrong value. [C38][C40] */
export function slips(): Found {
  const kinds = new Map<string, { cases: number; mended: number; diagnosed: number; neither: number }>();
  for (const { name, line, meant } of malformed) {
    const kind = kinds.get(name) ?? { cases: 0, mended: 0, diagnosed: 0, neither: 0 };
    kinds.set(name, kind);
    kind.cases += 1;
    if (parseCommand(line).ok) return { counterexample: `not malformed: ${show(line)}` };
    const read = readLenient(line, "command");
    if (read.ok) {
      if (!("op" in meant) || JSON.stringify(read.value) !== JSON.stringify(meant)) {
        return { counterexample: `${name}, a wrong value: ${show(line)} became ${show(read.value)}` };
      }
      kind.mended += 1;
    } else if (!("op" in meant) && meant.includes(read.error.code) && read.error.hint !== "") kind.diagnosed += 1;
    else kind.neither += 1;
  }
  const sum = (pick: "cases" | "mended" | "diagnosed" | "neither"): number =>
    [...kinds.values()].reduce((total, kind) => total + kind[pick], 0);
  const share = (sum("mended") + sum("diagnosed")) / sum("cases");
  if (sum("cases") < 300 || share < 0.9)
    return { counterexample: `only ${share * 100} % of ${sum("cases")} are helped` };
  const row = (name: string, ...cells: readonly (number | string)[]): string =>
    `  ${name.padEnd(44)}${cells.map((cell) => String(cell).padStart(10)).join("")}`;
  return {
    facts: [
      `${sum("cases")} malformed commands of ${kinds.size} kinds: ${(share * 100).toFixed(1)} % mended or diagnosed, 0 wrong values`,
      row("kind of fault", "cases", "mended", "diagnosed", "neither"),
      ...Array.from(kinds, ([name, { cases, mended, diagnosed, neither }]) =>
        row(name, cases, mended, diagnosed, neither),
      ),
      row("together", sum("cases"), sum("mended"), sum("diagnosed"), sum("neither")),
    ],
  };
}
