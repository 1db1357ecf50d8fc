import type { Clock } from "@kingly/runtime";
import type { Environment, ModelSettings } from "./open-model.ts";
import { probeServer } from "./probe-server.ts";

/** Where models are looked for, and how long. */
export interface DetectOptions {
  /** Looked into, never read from the process. */
  readonly environment: Environment;
  /** Milliseconds for everything together. @default 150 */
  readonly budgetMs?: number;
  /** Local servers that are asked for their models. @default Ollama 11434, llama-server 8080, LM Studio 1234 */
  readonly servers?: readonly LocalServer[];
}

/** A server on this machine that may have models. */
export interface LocalServer {
  readonly name: string;
  /** On 127.0.0.1, ::1 or localhost; any other is not asked. */
  readonly url: string;
  /** What it is asked: "/api/tags" of Ollama, or the list of the OpenAI kind. */
  readonly kind: "ollama" | "openai";
}

/** One place where a model was found. */
export interface FoundModel {
  /** "environment: ANTHROPIC_API_KEY", "Ollama", ... */
  readonly where: string;
  /** For `openModel`; the key itself is not in it. */
  readonly settings: ModelSettings;
  /** All models of that place, as it named them; one or none where it was not asked. */
  readonly models: readonly string[];
}

/** What was found, the likeliest first, and why the rest was not. */
export interface Detection {
  readonly found: readonly FoundModel[];
  readonly missing: readonly { readonly where: string; readonly why: string }[];
}

const localServers: readonly LocalServer[] = [
  { name: "Ollama", url: "http://127.0.0.1:11434", kind: "ollama" },
  { name: "llama-server", url: "http://127.0.0.1:8080", kind: "openai" },
  { name: "LM Studio", url: "http://127.0.0.1:1234", kind: "openai" },
];

/** One place, looked into: a model, or why there is none. */
type Look = FoundModel | { readonly where: string; readonly why: string };

/** Looks for models in the environment, then on this machine, all at once and within the budget; never throws. [L30]
 *
 * Only this machine is asked, and no key goes anywhere but to the address that was given with it. The environment:
 * `KINGLY_MODEL_URL` with `KINGLY_MODEL` and `KINGLY_MODEL_KEY`; `ANTHROPIC_API_KEY`; `OPENAI_API_KEY` with
 * `OPENAI_BASE_URL` and `OPENAI_MODEL`. */
export async function detectModels(
  deps: { readonly clock: Clock; readonly fetch: typeof fetch },
  options: DetectOptions,
): Promise<Detection> {
  const { environment, budgetMs = 150, servers = localServers } = options;
  const over = new AbortController();
  const late = Promise.withResolvers<"late">();
  const timer = deps.clock.setTimer(budgetMs, () => {
    late.resolve("late");
    over.abort();
  });
  const read = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const ask = async (where: string, server: LocalServer, keyEnv?: string): Promise<Look> => {
    const apiKey = keyEnv === undefined ? undefined : read(keyEnv);
    const listing = await Promise.race([probeServer(deps.fetch, server, apiKey, over.signal), late.promise]);
    if (listing === "late") return { where, why: `it did not answer within ${budgetMs} ms` };
    if (!listing.ok) return { where, why: listing.why };
    const [model = ""] = listing.models;
    const key = apiKey === undefined || keyEnv === undefined ? {} : { apiKeyEnv: keyEnv };
    const baseUrl = server.kind === "ollama" ? `${server.url}/v1` : listing.baseUrl;
    return { where, settings: { provider: "openai-compatible", baseUrl, model, ...key }, models: listing.models };
  };
  /** A server that the environment names: a model that is named too needs no question. */
  const named = async (urlEnv: string, modelEnv: string, keyEnv: string, fallbackUrl?: string): Promise<Look> => {
    const baseUrl = read(urlEnv) ?? fallbackUrl;
    const where = `environment: ${urlEnv}`;
    if (baseUrl === undefined) return { where, why: "it is not set" };
    const model = read(modelEnv);
    const key = read(keyEnv) === undefined ? {} : { apiKeyEnv: keyEnv };
    if (model !== undefined) {
      return { where, settings: { provider: "openai-compatible", baseUrl, model, ...key }, models: [model] };
    }
    const look = await ask(where, { name: where, url: baseUrl, kind: "openai" }, keyEnv);
    return "why" in look ? { where, why: `${look.why}; ${modelEnv} names no model either` } : look;
  };
  const anthropic = async (): Promise<Look> => {
    const where = "environment: ANTHROPIC_API_KEY";
    if (read("ANTHROPIC_API_KEY") === undefined) return { where, why: "it is not set" };
    const baseUrl = read("ANTHROPIC_BASE_URL");
    return { where, settings: { provider: "anthropic", ...(baseUrl === undefined ? {} : { baseUrl }) }, models: [] };
  };
  const openAi = async (): Promise<Look> => {
    if (read("OPENAI_API_KEY") === undefined) return { where: "environment: OPENAI_API_KEY", why: "it is not set" };
    return named("OPENAI_BASE_URL", "OPENAI_MODEL", "OPENAI_API_KEY", "https://api.openai.com/v1");
  };
  try {
    const looks = await Promise.all([
      named("KINGLY_MODEL_URL", "KINGLY_MODEL", "KINGLY_MODEL_KEY"),
      anthropic(),
      openAi(),
      ...servers.map((server) => ask(server.name, server)),
    ]);
    return {
      found: looks.filter((look) => "settings" in look),
      missing: looks.filter((look) => "why" in look),
    };
  } finally {
    timer.cancel();
    over.abort();
  }
}
