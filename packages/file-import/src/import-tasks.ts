import { createSilentLog } from "@kingly/runtime";
import type { Clock, Log } from "@kingly/runtime";
import type { Database, Unit } from "@kingly/sqlite";
import { isStoreError } from "@kingly/store";
import type { Cause, Store } from "@kingly/store";
import { FileImportError } from "./file-import-error.ts";
import { listTaskFiles, readListedFile } from "./list-task-files.ts";
import { parentsFirst } from "./parents-first.ts";
import type { Problem } from "./problem.ts";
import { readTaskFile } from "./read-task-file.ts";
import type { FiledTask } from "./read-task-file.ts";

/** What the import takes from outside. The database has been through `migrateStore`. */
export interface ImportDeps {
  readonly database: Database;
  readonly store: Store;
  readonly clock: Clock;
  /** @default silent */
  readonly log?: Log;
}

/** What is imported, and where to. */
export interface ImportOptions {
  /** The `.kingly` folder. Nothing in it is ever changed. */
  readonly folder: string;
  /** An existing workspace. */
  readonly workspaceId: string;
  /** Do everything but keep nothing. @default false */
  readonly dryRun?: boolean;
  /** Called after each file. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number; readonly file: string }) => void;
  /** Entries of the folder at most, 1 or more. @default 100000 */
  readonly maxFiles?: number;
}

/** A file with what is wrong with it. */
export interface FileProblems {
  /** Relative to the `.kingly` folder. */
  readonly file: string;
  readonly problems: readonly Problem[];
}

/** What became of the files. `read` = `imported` + `unchanged` + the refused among the files that were read. */
export interface ImportReport {
  readonly read: number;
  readonly imported: number;
  /** Tasks that were in the store already; they stay as they are. */
  readonly unchanged: number;
  readonly refused: readonly FileProblems[];
  /** Tasks that were taken, but whose parent or relationships lead nowhere. */
  readonly unresolved: readonly FileProblems[];
}

interface Filed {
  readonly file: string;
  readonly filed: FiledTask;
}

class TakenBack extends Error {}
const cause: Cause = { origin: "system" };

/** Imports `.kingly/tasks/*.json` into a workspace, each file in a unit of its own. Repeating it changes nothing. [F7] [F9]
 *
 * Throws FileImportError when the import cannot begin, and DatabaseError when the database breaks; begun again, it goes
 * on where it stopped. */
export async function importTasks(deps: ImportDeps, options: ImportOptions): Promise<ImportReport> {
  const { database, store, clock, log = createSilentLog() } = deps;
  const { workspaceId, dryRun = false, maxFiles = 100_000 } = options;
  if (store.workspaces.get(workspaceId) === undefined) {
    const message = `There is no workspace ${JSON.stringify(workspaceId)}. Make it first with workspaces.ensure.`;
    throw new FileImportError("UNKNOWN_WORKSPACE", message);
  }
  const { folder, names, refused: notFiles } = await listTaskFiles(options.folder, maxFiles);
  const refused: FileProblems[] = [...notFiles];
  const unresolved: FileProblems[] = [];
  const readable: Filed[] = [];
  let done = 0;
  const progress = (file: string): void => {
    done += 1;
    options.onProgress?.({ done, total: names.length, file });
  };
  for (const name of names) {
    const file = `tasks/${name}`;
    const content = await readListedFile(folder, name);
    const result = content.ok ? readTaskFile(content.text, name) : content;
    if (result.ok) {
      readable.push({ file, filed: result.value });
    } else {
      refused.push({ file, problems: result.problems });
      progress(file);
    }
  }

  let imported = 0;
  let unchanged = 0;
  // What is in the store after this import; in a dry run nothing else would know.
  const taken = new Set<string>();
  const exists = (id: string, unit?: Unit): boolean =>
    taken.has(id) || store.tasks.get(workspaceId, id, unit) !== undefined;

  const takeOne = async ({ file, filed }: Filed): Promise<void> => {
    const { task, parentId } = filed;
    const hasParent = parentId !== undefined && parentId !== task.id && exists(parentId);
    if (parentId !== undefined && !hasParent)
      unresolved.push({ file, problems: [lost("/parent_task_id", parentId, noParent)] });
    const createdAtMs = Math.min(task.createdAtMs ?? clock.nowMs(), clock.nowMs());
    const isNew = await write((unit) => {
      if (store.tasks.get(workspaceId, task.id, unit) !== undefined) return false;
      // In a dry run the parent was taken back, and only this task's own fields are on trial.
      const parent = hasParent && !dryRun ? { parentId } : {};
      store.tasks.create(unit, { ...task, ...parent, workspaceId, createdAtMs }, cause);
      return true;
    });
    taken.add(task.id);
    if (isNew) imported += 1;
    else unchanged += 1;
  };
  const relateOne = async ({ file, filed }: Filed): Promise<void> => {
    const fromId = filed.task.id;
    const leading = filed.relationships.filter(({ taskId }) => taskId !== fromId && exists(taskId));
    const leadingNowhere = filed.relationships.filter((relationship) => !leading.includes(relationship));
    if (leadingNowhere.length > 0) {
      unresolved.push({ file, problems: leadingNowhere.map(({ path, taskId }) => lost(path, taskId, runAgain)) });
    }
    if (dryRun || leading.length === 0) return;
    const circling: Problem[] = [];
    await write((unit) => {
      for (const { path, kind, taskId } of leading) {
        try {
          store.relationships.relate(unit, workspaceId, { from: fromId, kind, to: taskId }, cause);
        } catch (thrown) {
          if (!isStoreError(thrown) || thrown.code !== "CYCLE") throw thrown;
          circling.push({ path, message: `The task ${JSON.stringify(taskId)} would block itself.`, hint: inCircle });
        }
      }
    });
    if (circling.length > 0) unresolved.push({ file, problems: circling });
  };
  /** Runs a unit; a dry run takes it back when it has shown that it works. */
  const write = async <T>(work: (unit: Unit) => T): Promise<T> => {
    let shown: { readonly value: T } | undefined;
    try {
      return await database.write((unit) => {
        const value = work(unit);
        if (!dryRun) return value;
        shown = { value };
        throw new TakenBack();
      });
    } catch (thrown) {
      if (thrown instanceof TakenBack && shown !== undefined) return shown.value;
      throw thrown;
    }
  };

  const accepted: Filed[] = [];
  const ordered = parentsFirst(
    readable,
    ({ filed }) => filed.task.id,
    ({ filed }) => filed.parentId,
  );
  for (const one of ordered) {
    try {
      await takeOne(one);
      accepted.push(one);
    } catch (thrown) {
      if (!isStoreError(thrown)) throw thrown;
      const hint = "Mend the value in the file.";
      refused.push({ file: one.file, problems: [{ path: "", message: thrown.message, hint }] });
    }
    progress(one.file);
  }
  for (const one of accepted) await relateOne(one);

  log.info("Imported task files.", { imported, unchanged, refused: refused.length, dryRun });
  return { read: names.length, imported, unchanged, refused, unresolved };
}

const noParent = "The task was taken without a parent; give it one in the store when the parent is there.";
const inCircle = "It stays in the task's metadata; take one task of the circle out of it and run this again.";
const runAgain = "It stays in the task's metadata; import the missing file and run this again.";

function lost(path: string, taskId: string, hint: string): Problem {
  return { path, message: `There is no other task ${JSON.stringify(taskId.slice(0, 128))}.`, hint };
}
