import { readConfigFile, toConfigFault } from "@kingly/home";
import { faultOfFront } from "./config-front.ts";
import type { FrontModelSettings } from "./config-front.ts";
import { faultOfPeople } from "./config-people.ts";
import { faultOfRates } from "./config-rates.ts";
import type { WrittenRates } from "./config-rates.ts";
import type { PersonSettings } from "./people.ts";

/** The settings of the gateway, or one sentence with the file's path and what to do. */
export type ReadConfig =
  | {
      readonly ok: true;
      readonly frontModel?: FrontModelSettings | "off";
      readonly people?: readonly PersonSettings[];
      readonly limits?: WrittenRates;
      readonly askAgainMs?: number;
    }
  | { readonly ok: false; readonly message: string };

/** Reads `frontModel`, `people`, `limits` and `askAgainMs` of the home's `kingly.config.json`, else of the working
 * folder's; nothing without it. [G20][G44][G24][G27]
 *
 * The other settings of the file are the orchestrator's, which checks them. */
export function readConfig(homePath: string, cwd: string): ReadConfig {
  const reading = readConfigFile(homePath, cwd);
  if (!reading.ok) return reading;
  if (reading.file === undefined) return { ok: true };
  const { path, value } = reading.file;
  if (!isObject(value)) return { ok: false, message: toConfigFault(path, ": its top level must be object") };
  const read: Record<string, unknown> = {};
  for (const [key, faultOf] of checks) {
    if (value[key] === undefined) continue;
    const fault = faultOf(value[key]);
    if (fault !== undefined) return { ok: false, message: toConfigFault(path, `: ${fault}`) };
    read[key] = value[key];
  }
  return { ok: true, ...read };
}

const checks: readonly (readonly [string, (settings: unknown) => string | undefined])[] = [
  ["frontModel", faultOfFront],
  ["people", faultOfPeople],
  ["limits", faultOfRates],
  ["askAgainMs", faultOfAskAgain],
];

function faultOfAskAgain(value: unknown): string | undefined {
  const isGood = Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 3_600_000;
  return isGood ? undefined : "/askAgainMs must be a whole number from 0 to 3600000";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
