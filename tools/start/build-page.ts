import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { hashPageInputs } from "./hash-page-inputs.ts";
import { draftFolder, swapFolder, sweepDrafts } from "./swap-folder.ts";
import { toVisible } from "./terminal.ts";

/** What became of the page. */
export type PageOutcome =
  | { readonly state: "fresh" | "built" }
  /** `why` says in a few words what went wrong. A page that was built before is still there and served. */
  | { readonly state: "failed"; readonly why: string };

/** Where the page is built from and to. */
export interface BuildPageOptions {
  /** The root of the repository. */
  readonly root: string;
  /** What the builder says goes here, whole, each time it runs. */
  readonly logPath: string;
  readonly signal: AbortSignal;
}

/** Returns the folder that the gateway serves. */
export function pageFolder(root: string): string {
  return join(root, "apps/gateway/dist/page");
}

/** Tells whether the page was built from the sources as they are now. */
export function pageIsFresh(root: string): boolean {
  try {
    readFileSync(join(pageFolder(root), "index.html"));
    return readFileSync(join(pageFolder(root), ".stamp"), "utf8") === hashPageInputs(root);
  } catch {
    return false;
  }
}

/** Builds the page when its sources have changed since. It is built aside and put in place whole, with its stamp:
 * two builds at once, or one that dies half way, leave a whole page. Never throws. */
export async function buildPage(options: BuildPageOptions): Promise<PageOutcome> {
  const { root } = options;
  if (pageIsFresh(root)) return { state: "fresh" };
  const target = pageFolder(root);
  const draft = draftFolder(target, "new");
  try {
    mkdirSync(dirname(target), { recursive: true });
    sweepDrafts(target);
    // Before the build: what changes while it runs makes the next start build again.
    const stamp = hashPageInputs(root);
    const output = await runVite(options, draft);
    writeFileSync(options.logPath, output.text, { mode: 0o600 });
    if (output.code !== 0) return { state: "failed", why: findReason(output.text, output.code) };
    writeFileSync(join(draft, ".stamp"), stamp);
    swapFolder(draft, target);
    return { state: "built" };
  } catch (thrown) {
    return { state: "failed", why: thrown instanceof Error ? thrown.message : "unknown" };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

const maxOutputChars = 1024 * 1024;
const buildWithinMs = 120_000;

function runVite(
  { root, signal }: BuildPageOptions,
  outDir: string,
): Promise<{ readonly code: number; readonly text: string }> {
  const gateway = join(root, "apps/gateway");
  const require = createRequire(join(gateway, "package.json"));
  const vite = join(dirname(require.resolve("vite/package.json")), "bin/vite.js");
  // `native` reads the configuration without writing a bundled copy of it beside the modules.
  const args = [vite, "build", "page", "--outDir", outDir, "--emptyOutDir", "--configLoader", "native"];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: gateway,
      env: { ...process.env, NODE_ENV: "production", NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      signal: AbortSignal.any([signal, AbortSignal.timeout(buildWithinMs)]),
      windowsHide: true,
    });
    let text = "";
    const keep = (chunk: Buffer): void => {
      if (text.length < maxOutputChars) text += chunk.toString("utf8");
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => {
      text += `\n${error.message}\n`;
      if (child.pid === undefined) resolve({ code: 1, text });
    });
    child.on("close", (code) => resolve({ code: code ?? 1, text }));
  });
}

/** Finds the line that says why a build failed. */
export function findReason(text: string, code: number): string {
  const lines = text.split("\n").map((line) => toVisible(line).trim());
  const skip = /^(vite v|transforming|✓|✗ Build failed|error during build|Build failed with|at )/;
  const said = lines.filter((line) => line !== "" && !skip.test(line));
  const reason = said.find((line) => /error|could not|cannot|failed|abort/i.test(line)) ?? said.at(-1);
  return (reason ?? `exit code ${code}`).slice(0, 300);
}
