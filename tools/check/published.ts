// Packs every package, and proves that what people get runs without this repository: built entries, no .ts imports; the
// codec is used as somebody does who has nothing else.
import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useCodecAsStranger } from "./use-codec-as-stranger.ts";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "kingly-pack-"));
const problems: string[] = [];
for (const manifestPath of globSync("packages/*/package.json", { cwd: root }).toSorted()) {
  const room = manifestPath.split("/")[1] ?? "";
  const target = join(folder, room);
  execFileSync("npx", ["-y", "pnpm@12.21.0", "pack", "--out", `${target}.tgz`], {
    cwd: join(root, "packages", room),
    stdio: "pipe",
  });
  execFileSync("mkdir", ["-p", target]);
  execFileSync("tar", ["-xzf", `${target}.tgz`, "-C", target]);
  const packed = readFileSync(join(target, "package/package.json"), "utf8");
  if (/workspace:|catalog:/.test(packed)) problems.push(`${room}: the packed manifest still names the workspace`);
  const manifest = JSON.parse(packed) as { exports: Record<string, { default?: string } | string> };
  const files = new Set(
    globSync("**/*", { cwd: join(target, "package") }).map((path) => `./${path.replaceAll("\\", "/")}`),
  );
  for (const [entry, value] of Object.entries(manifest.exports)) {
    const file = typeof value === "string" ? value : (value.default ?? "");
    const isThere = file.endsWith("/*") ? [...files].some((one) => one.startsWith(file.slice(0, -1))) : files.has(file);
    if (!isThere) problems.push(`${room}: ${entry} leads to ${file}, which is not in the package`);
  }
  for (const file of files) {
    if (file.endsWith(".js") && /from ["']\.[^"']*\.ts["']/.test(readFileSync(join(target, "package", file), "utf8"))) {
      problems.push(`${room}: ${file} imports a .ts file`);
    }
    if (/\/test\/|\.ts$/.test(file) && !file.endsWith(".d.ts"))
      problems.push(`${room}: ${file} should not be published`);
  }
}
problems.push(...useCodecAsStranger(join(folder, "codec/package")));
rmSync(folder, { recursive: true, force: true });
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? "published packages: every entry is there" : `${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
