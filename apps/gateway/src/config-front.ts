import type { ModelSettings } from "@kingly/llm";

/** A front model that says what its script says, for trials without a key. */
export interface ScriptSettings {
  /** The first entry whose `when` is found in what was said, whatever its letter case; without `when` every text. */
  readonly script: readonly { readonly when?: string; readonly reply: string; readonly delayMs?: number }[];
}

/** A model by its name, and what it may use. */
export type NamedModelSettings = ModelSettings & {
  /** The most tokens of any 24 hours, in and out, counted anew with each start. @default 1,000,000 */
  readonly maxTokensPerDay?: number;
};

/** The front model: a script, a model by name, or "auto": the first that the environment or this machine has. */
export type FrontModelSettings = ScriptSettings | NamedModelSettings | "auto";

// Longer than any answer may take: more is a slip of the pen.
const maxDelayMs = 60_000;

const forms = "must be object with script, object with provider, auto or off";

/** Checks `frontModel` of the settings. Returns what is wrong, or nothing; never a value: it may be a key. [G20][G80] */
export function faultOfFront(settings: unknown): string | undefined {
  if (settings === "auto" || settings === "off") return undefined;
  if (!isObject(settings)) return `/frontModel ${forms}`;
  return "provider" in settings ? faultOfModel(settings) : faultOfScript(settings);
}

function faultOfScript(settings: Readonly<Record<string, unknown>>): string | undefined {
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

const modelKeys = ["provider", "model", "baseUrl", "apiKeyEnv", "maxOutputTokens", "maxTokensPerDay", "effort"];

function faultOfModel(settings: Readonly<Record<string, unknown>>): string | undefined {
  if ("apiKey" in settings) return "/frontModel/apiKey must be in the environment; apiKeyEnv names its variable";
  const other = Object.keys(settings).find((key) => !modelKeys.includes(key));
  if (other !== undefined) return `/frontModel must have no other keys than ${modelKeys.join(", ")} (${other})`;
  const { provider, model, baseUrl, apiKeyEnv, effort } = settings;
  if (provider !== "anthropic" && provider !== "openai-compatible") {
    return "/frontModel/provider must be anthropic or openai-compatible";
  }
  const isNeeded = provider === "openai-compatible";
  if ((isNeeded || model !== undefined) && (typeof model !== "string" || model === "")) {
    return "/frontModel/model must be the name of a model";
  }
  if ((isNeeded || baseUrl !== undefined) && !isAddress(baseUrl)) {
    return "/frontModel/baseUrl must be an address that begins with http:// or https://, without a name or password";
  }
  if (apiKeyEnv !== undefined && !(typeof apiKeyEnv === "string" && /^[A-Za-z_]\w{0,127}$/.test(apiKeyEnv))) {
    return "/frontModel/apiKeyEnv must be the name of a variable of the environment, not a key";
  }
  for (const key of ["maxOutputTokens", "maxTokensPerDay"]) {
    const value = settings[key];
    if (value !== undefined && !(Number.isInteger(value) && Number(value) > 0)) {
      return `/frontModel/${key} must be a whole number from 1`;
    }
  }
  const efforts: readonly unknown[] = [undefined, "low", "medium", "high"];
  return efforts.includes(effort) ? undefined : "/frontModel/effort must be low, medium or high";
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

function isAddress(value: unknown): boolean {
  const url = typeof value === "string" ? URL.parse(value) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
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
