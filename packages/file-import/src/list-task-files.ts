import { constants } from "node:fs";
import { lstat, open, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { FileImportError } from "./file-import-error.ts";
import { maxFileBytes } from "./parse-json.ts";
import type { Problem } from "./problem.ts";

/** The names of a folder's task files, in order, and what stands there that is none. */
export interface TaskFiles {
  /** The real path of the folder that holds them. */
  readonly folder: string;
  readonly names: readonly string[];
  readonly refused: readonly { readonly file: string; readonly problems: readonly Problem[] }[];
}

/** Lists `{folder}/tasks/*.json`. Names that begin with a dot are passed over; symbolic links and folders are refused. [F10]
 *
 * A folder without `tasks` has no files. Throws FileImportError CANNOT_READ or TOO_MANY. */
export async function listTaskFiles(folder: string, maxFiles: number): Promise<TaskFiles> {
  let root: string;
  try {
    root = await realpath(folder);
  } catch (thrown) {
    const message = `The folder ${folder} cannot be read. Give the path of a .kingly folder.`;
    throw new FileImportError("CANNOT_READ", message, { cause: thrown });
  }
  const tasks = join(root, "tasks");
  const state = await lstat(tasks).catch(() => undefined);
  if (state === undefined) return { folder: tasks, names: [], refused: [] };
  if (!state.isDirectory()) return { folder: tasks, names: [], refused: [{ file: "tasks", problems: [notAFolder] }] };
  const entries = (await readdir(tasks, { withFileTypes: true })).filter(({ name }) => !name.startsWith("."));
  if (entries.length > maxFiles) {
    const message = `${tasks} holds ${entries.length} entries and may hold ${maxFiles} (maxFiles). Import it in parts.`;
    throw new FileImportError("TOO_MANY", message);
  }
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".json"));
  const others = entries.filter((entry) => !files.includes(entry));
  return {
    folder: tasks,
    names: files.map(({ name }) => name).toSorted(),
    refused: others
      .map((entry) => ({
        file: `tasks/${entry.name}`,
        problems: [entry.isSymbolicLink() ? aLink : entry.isDirectory() ? otherLayout : notATaskFile],
      }))
      .toSorted((left, right) => (left.file < right.file ? -1 : 1)),
  };
}

/** Reads one listed file as UTF-8. A link that took its place, a special file and one that is too large are refused. [F4] [F10] */
export async function readListedFile(
  folder: string,
  name: string,
): Promise<
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problems: readonly Problem[] }
> {
  try {
    // The listing may be old: never follow a link, never wait for a pipe.
    const file = await open(join(folder, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { size } = await file.stat();
      if (size > maxFileBytes) {
        const message = `The file has ${size} bytes and may have ${maxFileBytes}.`;
        return { ok: false, problems: [{ path: "", message, hint: "Move large contents into a file of their own." }] };
      }
      return { ok: true, text: new TextDecoder("utf-8", { fatal: true }).decode(await file.readFile()) };
    } finally {
      await file.close();
    }
  } catch (thrown) {
    const message = `The file cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}.`;
    return { ok: false, problems: [{ path: "", message, hint: "Check its rights, and that it is UTF-8." }] };
  }
}

const notAFolder: Problem = {
  path: "",
  message: "tasks is not a folder (a symbolic link is not followed).",
  hint: "Give the .kingly folder that really holds the files.",
};
const aLink: Problem = {
  path: "",
  message: "This is a symbolic link, which is not followed.",
  hint: "Put the file itself here if it belongs to this folder.",
};
const otherLayout: Problem = {
  path: "",
  message: "This is a folder: tasks of the metadata.yaml layout are not read yet.",
  hint: "Nothing was changed; keep it for a later version.",
};
const notATaskFile: Problem = {
  path: "",
  message: "This is not a .json file.",
  hint: "Nothing was changed; rename it if it is a task.",
};
