import { DoorError } from "./door-error.ts";
import type { Route } from "./route.ts";

/** What stands at a path: the route of the method, or the methods that exist, or nothing. */
export type RouteMatch =
  | { readonly found: "route"; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly found: "other_method"; readonly allow: readonly string[] }
  | { readonly found: "nothing" };

/** Finds the route of a method and a path. */
export interface RouteTable {
  match(method: string, pathname: string): RouteMatch;
}

interface Compiled {
  readonly route: Route;
  readonly parts: readonly string[];
  readonly hasRest: boolean;
}

/** Compiles routes: those without parameters first, then in the given order. Throws DoorError BAD_ROUTE. [D9][D10] */
export function createRouteTable(routes: readonly Route[]): RouteTable {
  const compiled = routes.map(compile);
  const seen = new Set<string>();
  for (const { route, parts } of compiled) {
    const key = `${route.method} ${parts.map((part) => (isParameter(part) ? part[0] : part)).join("/")}`;
    if (seen.has(key)) throw new DoorError("BAD_ROUTE", `${route.method} ${route.path} exists twice; remove one.`);
    seen.add(key);
  }
  const isPlain = (entry: Compiled): boolean => !entry.parts.some(isParameter);
  const plain = Map.groupBy(compiled.filter(isPlain), (entry) => entry.route.path);
  const patterns = compiled.filter((entry) => !isPlain(entry));

  return {
    match(method, pathname) {
      const wanted = method === "HEAD" ? ["HEAD", "GET"] : [method];
      const allow = new Set<string>();
      const consider = (entry: Compiled, params: Readonly<Record<string, string>>): RouteMatch | undefined => {
        if (wanted.includes(entry.route.method)) return { found: "route", route: entry.route, params };
        allow.add(entry.route.method);
        if (entry.route.method === "GET") allow.add("HEAD");
        return undefined;
      };
      for (const entry of plain.get(pathname) ?? []) {
        const match = consider(entry, {});
        if (match !== undefined) return match;
      }
      const parts = pathname.split("/").slice(1);
      for (const entry of patterns) {
        const params = readParams(entry, parts);
        const match = params === undefined ? undefined : consider(entry, params);
        if (match !== undefined) return match;
      }
      return allow.size === 0 ? { found: "nothing" } : { found: "other_method", allow: [...allow].toSorted() };
    },
  };
}

function isParameter(part: string): boolean {
  return part.startsWith(":") || part.startsWith("*");
}

function compile(route: Route): Compiled {
  const parts = route.path.split("/").slice(1);
  const wellFormed =
    /^[A-Z]+$/.test(route.method) &&
    route.path.startsWith("/") &&
    parts.every((part, at) =>
      part.startsWith("*") ? at === parts.length - 1 && part.length > 1 : /^(:[A-Za-z]\w*|[\w.~-]*)$/.test(part),
    );
  if (!wellFormed) {
    throw new DoorError(
      "BAD_ROUTE",
      `${route.method} ${route.path} is no route; write METHOD and /parts, :name for one part, *name for the rest at the end.`,
    );
  }
  return { route, parts, hasRest: parts.at(-1)?.startsWith("*") ?? false };
}

function readParams(entry: Compiled, parts: readonly string[]): Readonly<Record<string, string>> | undefined {
  const { parts: pattern, hasRest } = entry;
  if (hasRest ? parts.length < pattern.length : parts.length !== pattern.length) return undefined;
  const params: Record<string, string> = Object.create(null);
  for (const [at, name] of pattern.entries()) {
    const raw = name.startsWith("*") ? parts.slice(at).join("/") : parts[at];
    if (raw === undefined) return undefined;
    if (!isParameter(name)) {
      if (raw !== name) return undefined;
      continue;
    }
    if (raw === "") return undefined;
    try {
      params[name.slice(1)] = decodeURIComponent(raw);
    } catch {
      // A broken percent sequence names nothing.
      return undefined;
    }
  }
  return params;
}
