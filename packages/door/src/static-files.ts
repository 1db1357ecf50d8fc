import { readFile, realpath, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { refusals, toAnswer } from "./refusal.ts";
import type { DoorAnswer, DoorHeaders, Route } from "./route.ts";

/** What else than the index and the assets is served. */
export interface StaticFilesOptions {
  /** Names of files beside the index, each served at `/name`. @default favicon.ico, favicon.svg, manifest.webmanifest */
  readonly rootFiles?: readonly string[];
}

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".json": "application/json",
  ".map": "application/json",
  ".webmanifest": "application/manifest+json",
};

// The names of assets hold a hash of their content: another content has another name.
const forever: DoorHeaders = { "Cache-Control": "public, max-age=31536000, immutable" };
const notBuilt = {
  status: 404,
  code: "page_not_built",
  message: "The page is not built.",
  hint: "Start Kingly again, or build it with pnpm build, and load this address again.",
} as const;

/** Makes the open routes of a page that is built already: `/`, `/assets/*` and a few named files. [D17]
 *
 * Files are read when they are asked for. Only files of a known type inside `folder`, links followed, are served;
 * assets may be kept forever. Without an index `/` answers 404 `page_not_built`. */
export function staticFiles(folder: string, options: StaticFilesOptions = {}): readonly Route[] {
  const rootFiles = options.rootFiles ?? ["favicon.ico", "favicon.svg", "manifest.webmanifest"];
  const serve = async (path: string, headers: DoorHeaders, missing: DoorAnswer): Promise<DoorAnswer> => {
    const contentType = contentTypes[extname(path).toLowerCase()];
    const bytes = contentType === undefined ? undefined : await readInside(folder, path);
    return contentType === undefined || bytes === undefined ? missing : { status: 200, bytes, contentType, headers };
  };
  const nothing = toAnswer(refusals.path);
  const route = (path: string, handle: Route["handle"]): Route => ({ method: "GET", path, open: true, handle });
  return [
    route("/", () => serve("index.html", {}, toAnswer(notBuilt))),
    route("/assets/*file", ({ params }) => serve(`assets/${params["file"] ?? ""}`, forever, nothing)),
    ...rootFiles.map((name) => route(`/${name}`, () => serve(name, {}, nothing))),
  ];
}

async function readInside(folder: string, path: string): Promise<Buffer | undefined> {
  // Parts that begin with a dot go up or are hidden; a backslash separates on some systems.
  if (/[\\\0]/.test(path) || path.split("/").some((part) => part === "" || part.startsWith("."))) return undefined;
  try {
    const [root, file] = await Promise.all([realpath(folder), realpath(join(folder, path))]);
    if (!file.startsWith(`${root}${sep}`) || !(await stat(file)).isFile()) return undefined;
    return await readFile(file);
  } catch {
    // Missing, unreadable, or replaced by a build at this moment: there is nothing to serve.
    return undefined;
  }
}
