import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = join(import.meta.dirname, "../rivals");

/** Imports one of the rivals; the first time it installs them from their lockfile. */
export async function loadRival<T>(name: string): Promise<T> {
  if (!existsSync(join(folder, "node_modules", name))) {
    console.log("Installing the rivals of the bench (once)…");
    execFileSync("npx", ["-y", "pnpm@12.21.0", "--dir", folder, "install", "--frozen-lockfile"], { stdio: "inherit" });
  }
  const path = createRequire(join(folder, "package.json")).resolve(name);
  return (await import(pathToFileURL(path).href)) as T;
}
