import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** What the page is built from: folders and files of the repository. */
export const pageInputs: readonly string[] = [
  "apps/gateway/page",
  "apps/gateway/src/board",
  "apps/gateway/src/check-utterance.ts",
  "apps/gateway/src/person-command.ts",
  "apps/gateway/src/suggestions/read-suggest.ts",
  "apps/gateway/package.json",
  "packages/codec/src",
  "packages/link/src",
  "packages/runtime/src",
  // Holds the versions of what the page is built with.
  "pnpm-workspace.yaml",
];

/** Returns one hash of the names and bytes of all inputs; hidden files and what is missing do not count. */
export function hashPageInputs(root: string, inputs: readonly string[] = pageInputs): string {
  const hash = createHash("sha256");
  for (const input of inputs) {
    for (const path of filesOf(root, input)) {
      const bytes = readFileSync(join(root, path));
      hash.update(`${path.replaceAll("\\", "/")}\0${bytes.length}\0`).update(bytes);
    }
  }
  return hash.digest("hex");
}

function filesOf(root: string, input: string): readonly string[] {
  const stat = statSync(join(root, input), { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (!stat.isDirectory()) return [input];
  return readdirSync(join(root, input), { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith(".") && entry.name !== "node_modules")
    .map((entry) => join(input, entry.name))
    .toSorted()
    .flatMap((path) => filesOf(root, path));
}
