import { readConfigFile, toConfigFault } from "@kingly/home";
import { faultOfPeople } from "./config-people.ts";
import { faultOfRates } from "./config-rates.ts";
import type { WrittenRates } from "./config-rates.ts";
import type { PersonSettings } from "./people.ts";

/** A front model that says what its script says, for trials without a key. */
export interface FrontModelSettings {
  /** The first entry whose `when` is found in what was said, whatever its letter case; without `when` every text. */
  readonly script: readonly { readonly when?: string; readonly reply: string; readonly delayMs?: number }[];
}

/** The settings of the gateway, or one sentence with the file's path and what to do. */
export type ReadConfig =
  | {
      readonly ok: true;
      readonly frontModel?: FrontModelSettings;
      readonly people?: readonly PersonSettings[];
      readonly limits?: WrittenRates;
      readonly askAgainMs?: number;
    }
  | { readonly ok: false; readonly message: string };

// Longer than any answer may take: more is a slip of the pen.
const maxDelayMs = 60_000;

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

function faultOfFront(settings: unknown): string | undefined {
  if (!isObject(settings)) return "/frontModel must be object";
  const other = Object.keys(settings).find((key) => key !== "script");
  if (other !== undefined) return `/frontModel must have no other key than script (${other})`;
  const { script } = settings;
  if (!Array.isArray(script) || script.length === 0) return "/frontModel/script must be a list with an entry";
  for (const [index, entry] of script.entries()) {
    const fault = faultOfEntry(entry);
    if (fault !== undefined) return `/frontModel/script/${index}${fault}`;
  }
  return undefined;
}

function faultOfEntry(entry: unknown): string | undefined {
  if (!isObject(entry)) return " must be object";
  const other = Object.keys(entry).find((key) => !["when", "reply", "delayMs"].includes(key));
  if (other !== undefined) return ` must have no other keys than when, reply and delayMs (${other})`;
  const { when, reply, delayMs } = entry;
  if (typeof reply !== "string" || reply === "") return "/reply must be a text";
  if (when !== undefined && !isPattern(when)) return "/when must be a pattern";
  if (delayMs !== undefined && !(Number.isInteger(delayMs) && Number(delayMs) >= 0 && Number(delayMs) <= maxDelayMs)) {
    return `/delayMs must be a whole number from 0 to ${maxDelayMs}`;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPattern(value: unknown): boolean {
  try {
    return typeof value === "string" && new RegExp(value, "i") instanceof RegExp;
  } catch {
    return false;
  }
}
