const secretName =
  /api[-_]?key|(?:^|[-_])key(?:[-_]|$)|token|secret|passw|passphrase|credential|authorization|(?:^|[-_])auth(?:[-_]|$)|cookie/i;
// Where something lies is no secret.
const placeName = /(?:sock|socket|file|path|dir|folder|home)$/i;

/** Finds the values that nobody but us may see: of our environment those whose name says so; of what the settings give a
 * server in its environment or headers those too, and whatever looks like a key. [O46] */
export function secretsOf(
  env: Readonly<Record<string, string | undefined>>,
  mcpServers: Readonly<Record<string, object>>,
): readonly string[] {
  const ours = Object.entries(env).filter(([name]) => isSecretName(name));
  const theirs = Object.values(mcpServers)
    .flatMap((entry) => [...valuesOf(entry, "env"), ...valuesOf(entry, "headers"), ...oauthOf(entry)])
    .filter(([name, value]) => isSecretName(name) || looksLikeKey(value));
  return [...ours, ...theirs].flatMap(([, value = ""]) => {
    const bare = /^(?:bearer|basic|token)\s+(.+)$/i.exec(value)?.[1];
    return bare === undefined ? [value] : [value, bare];
  });
}

function isSecretName(name: string): boolean {
  return secretName.test(name) && !placeName.test(name);
}

function valuesOf(entry: object, name: string): readonly (readonly [string, string])[] {
  const values: unknown = (entry as Readonly<Record<string, unknown>>)[name];
  if (typeof values !== "object" || values === null) return [];
  return Object.entries(values).flatMap(([key, value]) => (typeof value === "string" ? [[key, value] as const] : []));
}

// Not the addresses and names there: those are told by everybody.
function oauthOf(entry: object): readonly (readonly [string, string])[] {
  const { oauth } = entry as { readonly oauth?: unknown };
  if (typeof oauth !== "object" || oauth === null) return [];
  const { clientSecret, privateKey } = Object.fromEntries(valuesOf(entry, "oauth"));
  const { idToken } = Object.fromEntries(valuesOf(oauth, "idp"));
  return Object.entries({ secret: clientSecret, key: privateKey, token: idToken }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
}

function looksLikeKey(value: string): boolean {
  return value.length >= 20 && !/^[./]|\s/.test(value) && /\d/.test(value) && /[a-z]/i.test(value);
}
