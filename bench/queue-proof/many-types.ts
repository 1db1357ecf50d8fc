import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Type-checks a program with so many job types: payload, result, handler and add of each. Returns ms, tsc's start included. */
export function checkTypes(types: number): number {
  // Here, so that it finds the packages like any other file.
  const folder = mkdtempSync(join(import.meta.dirname, "types-"));
  const each = (line: (name: string) => string): string =>
    Array.from({ length: types }, (_, index) => line(`job${index}`)).join("\n");
  try {
    writeFileSync(
      join(folder, "program.ts"),
      `import { defineJobs, openQueue } from "@kingly/queue";
import type { QueueDeps } from "@kingly/queue";
declare const deps: Omit<QueueDeps, "jobs">;
const jobs = defineJobs({
${each((name) => `  ${name}: { payload: { type: "object", properties: { n: { type: "integer" }, tags: { type: "array", items: { type: "string" } }, at: { type: "object", properties: { x: { type: "number" }, name: { type: "string" } }, required: ["x"] } }, required: ["n"] }, result: { type: "object", properties: { ${name}: { type: "boolean" } }, required: ["${name}"] } },`)}
});
const queue = await openQueue({ ...deps, jobs });
queue.work({
${each((name) => `  async ${name}(job) { const n: number = job.payload.n; return { result: { ${name}: n > 0 } }; },`)}
});
await deps.database.write((unit) => {
${each((name) => `  queue.add(unit, { type: "${name}", payload: { n: 1, tags: ["a"], at: { x: 1 } } });`)}
});
`,
    );
    const tsconfig = { extends: "../../../tsconfig.json", compilerOptions: { noEmit: true }, include: ["program.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
    const tsc = join(import.meta.dirname, "../../node_modules/.bin/tsc");
    const begun = performance.now();
    execFileSync(tsc, ["--noEmit", "-p", folder], { stdio: "inherit" });
    return performance.now() - begun;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
