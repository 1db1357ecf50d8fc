// The public API of @kingly/file-import: .kingly/ task files into the store.
export { FileImportError, isFileImportError } from "./file-import-error.ts";
export type { FileImportErrorCode } from "./file-import-error.ts";
export { importTasks } from "./import-tasks.ts";
export type { FileProblems, ImportDeps, ImportOptions, ImportReport } from "./import-tasks.ts";
export type { Problem } from "./problem.ts";
export { readTaskFile } from "./read-task-file.ts";
export type { FiledTask, ReadTaskFile } from "./read-task-file.ts";
