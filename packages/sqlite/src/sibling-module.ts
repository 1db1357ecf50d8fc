/** Returns the URL of the module `name` beside the one that asks, `.ts` from sources and `.js` once built. [DB14]
 *
 * `siblingModule(import.meta.url, "./search-job")`: for threads and read jobs, whose URLs no build rewrites. */
export function siblingModule(importMetaUrl: string, name: string): URL {
  const extension = /\.[cm]?[jt]s(?=$|[?#])/.exec(importMetaUrl)?.[0] ?? ".js";
  return new URL(`${name}${extension}`, importMetaUrl);
}
