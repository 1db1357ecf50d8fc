/** A reading call that a title asks for word for word. */
export interface PlannedCall {
  readonly server: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, string>>;
  /** What the answer is, in words that stand before it. */
  readonly say: string;
}

const name = String.raw`["“'‘\u0060]?([\p{L}\p{N}][\p{L}\p{N} ._/-]{0,199}?)["”'’\u0060]?`;
const patterns: readonly (readonly [RegExp, (found: string) => PlannedCall])[] = [
  [
    new RegExp(
      String.raw`^(?:read|show|open|print|display)(?: me)?(?: the| my)?(?: file| contents? of(?: the file)?)? ${name}$`,
      "iu",
    ),
    (path) => ({ server: "files", tool: "read_text_file", args: { path }, say: `${path} holds` }),
  ],
  [
    new RegExp(String.raw`^(?:what(?: is|'s) in|what does) (?:the )?(?:file )?${name}(?: say| hold| contain)?$`, "iu"),
    (path) => ({ server: "files", tool: "read_text_file", args: { path }, say: `${path} holds` }),
  ],
  [
    /^(?:list|show)(?: me)?(?: all)?(?: the| my)? files$/iu,
    () => ({ server: "files", tool: "list_directory", args: { path: "." }, say: "The files are" }),
  ],
  [
    new RegExp(String.raw`^(?:list|show)(?: me)?(?: all)?(?: the| my)? files in (?:the )?(?:folder )?${name}$`, "iu"),
    (path) => ({ server: "files", tool: "list_directory", args: { path }, say: `The files in ${path} are` }),
  ],
  [
    new RegExp(String.raw`^(?:find|search for|look for) (?:the |all |a )?files? (?:named|called) ${name}$`, "iu"),
    (pattern) => ({
      server: "files",
      tool: "search_files",
      args: { path: ".", pattern: `**/${pattern}` },
      say: `Files called ${pattern}`,
    }),
  ],
];

/** Reads a title that asks, word for word, for something that a reading tool of the files does; undefined for any other
 * title, and for one that only looks alike: a file has a name with an ending. [O49] */
export function planCalls(title: string): PlannedCall | undefined {
  const words = title
    .trim()
    .replaceAll(/\s+/g, " ")
    .replace(/^please /i, "")
    .replace(/[.!?]+$/, "");
  for (const [pattern, plan] of patterns) {
    const found = pattern.exec(words);
    if (found === null) continue;
    const planned = plan(found[1] ?? "");
    const { path = "." } = planned.args;
    const isFile = planned.tool !== "read_text_file" || /^\S.*\.[A-Za-z][A-Za-z0-9]{0,7}$/.test(path);
    if (isFile && !path.includes("..")) return planned;
  }
  return undefined;
}
