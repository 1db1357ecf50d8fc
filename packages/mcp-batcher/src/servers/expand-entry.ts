import { literalSecrets } from "./literal-secrets.ts";
import type { OAuthSettings } from "./oauth/oauth-settings.ts";
import { isHttpEntry } from "./server-entry.ts";
import type { ServerEntry } from "./server-entry.ts";

/** Where the values of variables come from. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An entry with its variables put in, and what must not be shown of it. */
export type ExpandedEntry =
  | { readonly ok: true; readonly entry: ServerEntry; readonly secrets: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly missing: readonly string[] };

const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** Puts the values of `${NAME}` and `${NAME:-default}` into every text of an entry; names what has no value. [M37]
 *
 * `secrets` are the values that came in, stand in `env` and `headers`, or are told as secret by `args` and `url`, with the
 * names to show instead. What is put in is not read again: a value may hold `${` itself. */
export function expandEntry(entry: ServerEntry, environment: Environment): ExpandedEntry {
  const missing = new Set<string>();
  const secrets = new Map<string, string>();
  const expand = (text: string): string =>
    text.replaceAll(variable, (_, name: string, fallback: string | undefined) => {
      const given = Object.hasOwn(environment, name) ? environment[name] : undefined;
      // As in a shell, `:-` also stands in for an empty value.
      if (given !== undefined && !(given === "" && fallback !== undefined)) {
        keepSecret(given, name);
        return given;
      }
      if (fallback === undefined) missing.add(name);
      return fallback ?? "";
    });
  const keepSecret = (value: string, name: string): void => {
    if (value.length >= shortestSecret) secrets.set(value, name);
  };
  const expandAll = (texts: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(texts).map(([name, text]) => {
        const value = expand(text);
        keepSecret(value, name);
        return [name, value];
      }),
    );
  const expandOAuth = (settings: OAuthSettings | false): OAuthSettings | false => {
    if (settings === false) return false;
    const each = (value: unknown): unknown => {
      if (typeof value === "string") return expand(value);
      if (Array.isArray(value)) return value.map(each);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, each(inner)]));
    };
    // Its texts only: the shape was judged before.
    const filled = each(settings) as OAuthSettings;
    const { clientSecret = "", privateKey = "", idp } = filled;
    for (const [name, value] of Object.entries({ clientSecret, privateKey, idToken: idp?.idToken ?? "" })) {
      if (!secrets.has(value)) keepSecret(value, name);
    }
    return filled;
  };
  const expanded: ServerEntry = isHttpEntry(entry)
    ? {
        ...entry,
        url: expand(entry.url),
        ...(entry.headers === undefined ? {} : { headers: expandAll(entry.headers) }),
        ...(entry.oauth === undefined ? {} : { oauth: expandOAuth(entry.oauth) }),
      }
    : {
        ...entry,
        command: expand(entry.command),
        ...(entry.args === undefined ? {} : { args: entry.args.map(expand) }),
        ...(entry.env === undefined ? {} : { env: expandAll(entry.env) }),
        ...(entry.cwd === undefined ? {} : { cwd: expand(entry.cwd) }),
      };
  for (const [value, name] of literalSecrets(expanded)) if (!secrets.has(value)) keepSecret(value, name);
  return missing.size > 0 ? { ok: false, missing: [...missing] } : { ok: true, entry: expanded, secrets };
}

// Shorter ones are words and numbers that say nothing and stand everywhere.
const shortestSecret = 6;

/** Replaces every secret in a text by its name in brackets; the longest first. [M37] */
export function redact(text: string, secrets: ReadonlyMap<string, string>): string {
  let safe = text;
  for (const [value, name] of [...secrets].toSorted(([a], [b]) => b.length - a.length)) {
    safe = safe.replaceAll(value, `[${name}]`);
  }
  return safe;
}
