import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openHome } from "@kingly/home";
import type { Environment, Home, HomeOpening } from "@kingly/home";

/** Where a running start notes its address, for a second one to name. */
export function addressPath(home: Home): string {
  return join(home.runPath, "start.address");
}

/** Opens the home as its only start; a second one is told where the first runs. */
export function enterHome(env: Environment, cwd: string): HomeOpening {
  const opening = openHome(env, cwd, "start");
  if (opening.ok || opening.code !== "already_running") return opening;
  const { home, pid = 0 } = opening;
  const message = `Kingly already runs in ${home.path} at ${readAddress(home)} (pid ${pid}); stop it first, or set KINGLY_HOME to another folder.`;
  return { ...opening, message };
}

function readAddress(home: Home): string {
  try {
    const text = readFileSync(addressPath(home), "utf8").trim();
    if (/^http:\/\/127\.0\.0\.1:\d+$/.test(text)) return text;
  } catch {
    // It has not come so far: our own settings are the best that is known.
  }
  return `http://127.0.0.1:${home.gatewayPort}`;
}
