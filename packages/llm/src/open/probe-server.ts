import { whyOf } from "../http/http-failure.ts";
import type { LocalServer } from "./detect-models.ts";

/** What a server said of its models. */
export type Listing =
  | { readonly ok: true; readonly baseUrl: string; readonly models: readonly string[] }
  | { readonly ok: false; readonly why: string };

// A list of models is short; whoever sends more is something else.
const maxBytes = 1024 * 1024;

/** Asks a server on this machine for its models; never throws, follows no redirect. [L30]
 *
 * What does not answer as such a server does has none. Models that only embed are left out. */
export async function probeServer(
  fetch: typeof globalThis.fetch,
  server: LocalServer,
  apiKey: string | undefined,
  signal: AbortSignal,
): Promise<Listing> {
  const base = URL.parse(server.url);
  if (base === null) return { ok: false, why: "its address is no URL" };
  if (!isLoopback(base)) return { ok: false, why: "it is not on this machine and is not asked" };
  const root = server.url.replace(/\/+$/, "");
  const baseUrl = base.pathname === "/" ? `${root}/v1` : root;
  try {
    const response = await fetch(server.kind === "ollama" ? `${root}/api/tags` : `${baseUrl}/models`, {
      redirect: "error",
      signal,
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
    });
    if (!response.ok) {
      await response.body?.cancel();
      return { ok: false, why: `it answered with ${response.status}` };
    }
    const models = modelsIn(server.kind, JSON.parse(await readText(response)) as unknown);
    if (models === undefined) return { ok: false, why: "it does not answer as such a server does" };
    const speaking = models.filter((name) => !/embed|rerank|\bbge\b|minilm/i.test(name));
    return speaking.length === 0
      ? { ok: false, why: "it has no model that speaks" }
      : { ok: true, baseUrl, models: speaking };
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return { ok: false, why: "it does not answer as such a server does" };
    const why = whyOf(thrown, apiKey === undefined ? [] : [apiKey]).message;
    return { ok: false, why: /ECONNREFUSED/.test(why) ? "nothing listens there" : `it cannot be asked (${why})` };
  }
}

function isLoopback(url: URL): boolean {
  return url.protocol === "http:" && /^(?:127(?:\.\d+){3}|\[::1\]|localhost)$/.test(url.hostname);
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new SyntaxError("too long");
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** The names in a list, if it is one: `{models: [{name, ...}]}` of Ollama, `{object: "list", data: [{id, ...}]}` of the rest. */
function modelsIn(kind: LocalServer["kind"], value: unknown): readonly string[] | undefined {
  if (!isObject(value)) return undefined;
  if (kind === "openai" && value["object"] !== "list") return undefined;
  const list = value[kind === "ollama" ? "models" : "data"];
  if (!Array.isArray(list)) return undefined;
  const names = list.map((entry: unknown) => {
    if (!isObject(entry)) return undefined;
    if (kind === "ollama") return "digest" in entry || "details" in entry ? entry["name"] : undefined;
    return entry["object"] === "model" ? entry["id"] : undefined;
  });
  return names.every((name): name is string => typeof name === "string" && name !== "") ? names : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
