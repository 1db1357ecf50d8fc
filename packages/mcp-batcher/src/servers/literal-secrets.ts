import { isHttpEntry } from "./server-entry.ts";
import type { ServerEntry } from "./server-entry.ts";

const secretName =
  /api[-_]?key|(?:^|[-_])key$|token|secret|passw|passphrase|credential|authorization|(?:^|[-_])auth$|bearer|^sig/i;
const assigned = /^(?:--?)?([A-Za-z][\w.-]*)=(.+)$/s;
const option = /^--?([A-Za-z][\w.-]*)$/;

/** Finds what an entry tells as secret by its place: what follows `--api-key` or stands behind `--token=` or `TOKEN=` in
 * `args`; in addresses the user and password, and the values of such names in the query. Pairs of value and name. [M37] */
export function literalSecrets(entry: ServerEntry): readonly (readonly [string, string])[] {
  if (isHttpEntry(entry)) return secretsOfUrl(entry.url);
  const args = entry.args ?? [];
  return args.flatMap((arg, place) => {
    const [, name, value] = assigned.exec(arg) ?? [];
    if (name !== undefined && value !== undefined && secretName.test(name)) return [[value, name] as const];
    const [, before] = option.exec(args[place - 1] ?? "") ?? [];
    if (before !== undefined && secretName.test(before) && !option.test(arg)) return [[arg, before] as const];
    return secretsOfUrl(arg);
  });
}

function secretsOfUrl(text: string): readonly (readonly [string, string])[] {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? URL.parse(text) : null;
  if (url === null) return [];
  // As they are written, as they are sent, and as they are meant.
  const forms = (raw: string, name: string): (readonly [string, string])[] =>
    [...new Set([raw, decoded(raw)])].map((form) => [form, name] as const);
  const [, userInfo = ""] = /^[^/?#]*\/\/([^/?#]*)@/.exec(text) ?? [];
  const [, query = ""] = /\?([^#]*)/.exec(text) ?? [];
  return [
    ...forms(userInfo, "user"),
    ...forms(url.username, "user"),
    ...forms(url.password, "password"),
    ...forms(userInfo.slice(userInfo.indexOf(":") + 1), "password"),
    ...query.split("&").flatMap((pair) => {
      const [name = "", ...rest] = pair.split("=");
      return secretName.test(name) ? forms(rest.join("="), name) : [];
    }),
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
