import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { constants } from "node:fs";
import { dirname, join } from "node:path";
import { openDatabase } from "@kingly/sqlite";
import type { Database } from "@kingly/sqlite";
import { restoreHint } from "./finding.ts";
import { verifyDatabase } from "./verify-database.ts";
import type { VerifyProgress, VerifyReport } from "./verify-database.ts";

/** Verifies a file through a copy beside it; the file itself is only read. For files that nobody writes. [S102]
 *
 * Blocks this thread: `verifyStore` does the same of a file in use, in another one. Needs as much free disk again. */
export async function verifyFile(
  path: string,
  options: { readonly onProgress?: (progress: VerifyProgress) => void } = {},
): Promise<VerifyReport> {
  const folder = mkdtempSync(join(dirname(path), ".verify-"));
  let copy: Database | undefined;
  try {
    const copyPath = join(folder, "copy.db");
    copyFileSync(path, copyPath, constants.COPYFILE_FICLONE);
    // The file first: whatever a checkpoint moves into it meanwhile still stands in the log that is copied after it.
    if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copyPath}-wal`, constants.COPYFILE_FICLONE);
    copy = openDatabase({ path: copyPath });
    return await verifyDatabase(copy, options);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const message = `The file cannot be opened: ${why}`;
    return {
      ok: false,
      findings: [{ code: "FILE_DAMAGED", message, hint: restoreHint }],
      events: 0,
      workspaces: 0,
      unsealed: 0,
    };
  } finally {
    await copy?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
