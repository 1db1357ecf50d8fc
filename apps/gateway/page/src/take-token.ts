/** Takes the token out of the address (`#token=...`), so that it stays in no history and no bookmark. */
export function takeToken(
  location: { readonly hash: string; readonly pathname: string; readonly search: string },
  history: { replaceState(data: unknown, unused: string, url: string): void },
): string | undefined {
  const token = /^#token=(.+)$/.exec(location.hash)?.[1];
  if (token === undefined) return undefined;
  history.replaceState(null, "", location.pathname + location.search);
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}
