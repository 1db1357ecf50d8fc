// Looks after the database of a home by hand: `verify`, `backup <file>`, `restore <file>`.
import { resolve } from "node:path";
import { claimProcess, prepareHome, resolveHome } from "@kingly/home";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { openDatabase, restoreBackup } from "@kingly/sqlite";
import { createStore, migrateStore, verifyFile, verifyStore } from "@kingly/store";
import type { VerifyReport } from "@kingly/store";

const usage = `Looks after the database of a home (KINGLY_HOME, KINGLY_DATABASE).

  node apps/orchestrator/src/keep.ts verify           check everything that can be recomputed; Kingly may be running
  node apps/orchestrator/src/keep.ts backup <file>    write one checked copy of this moment; Kingly may be running
  node apps/orchestrator/src/keep.ts restore <file>   verify a backup and put it in place; Kingly must be stopped

Exit codes: 0 done, 1 something was found or could not be done, 64 the command is not one of these.
`;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

function end(code: number, message: string): never {
  process.stderr.write(message.endsWith("\n") ? message : `${message}\n`);
  process.exit(code);
}

function tell(report: VerifyReport): boolean {
  for (const { code, message, hint } of report.findings) say(`${code}  ${message}\n    ${hint}`);
  say(`${report.findings.length} findings in ${report.events} events of ${report.workspaces} workspaces`);
  return report.ok;
}

const [command = "", file] = process.argv.slice(2);
const needsFile = command === "backup" || command === "restore";
if (!(command === "verify" || needsFile) || needsFile !== (file !== undefined)) end(64, usage);
const home = resolveHome(process.env, process.cwd());
const [problem] = home.problems;
if (problem !== undefined) end(1, problem.message);

async function verify(): Promise<boolean> {
  const database = openDatabase({ path: home.databasePath });
  try {
    return tell(await verifyStore(database));
  } finally {
    await database.close();
  }
}

async function backup(to: string): Promise<boolean> {
  const database = openDatabase({ path: home.databasePath });
  try {
    const { path, pages } = await database.backup(to);
    say(`${path}: ${pages} pages`);
    return true;
  } finally {
    await database.close();
  }
}

async function restore(from: string): Promise<boolean> {
  const prepared = prepareHome(home);
  if (!prepared.ok) end(1, prepared.error.message);
  const claim = claimProcess(home, "orchestrator");
  if (!claim.ok) end(1, claim.error.message);
  try {
    if (!tell(await verifyFile(from))) end(1, "The backup was not put in place.");
    restoreBackup(from, home.databasePath);
    const database = openDatabase({ path: home.databasePath });
    await migrateStore(database);
    const store = createStore({ database, clock: createSystemClock(), random: createSystemRandom() });
    // Whoever followed the log has seen what the backup does not hold.
    await database.write((unit) => {
      for (const { id } of store.workspaces.list()) store.events.newEpoch(unit, id);
    });
    await database.close();
    say(`restored ${home.databasePath}; what stood there is at ${home.databasePath}.replaced`);
    return true;
  } finally {
    claim.release();
  }
}

try {
  const path = resolve(file ?? "");
  const isDone = command === "verify" ? await verify() : await (command === "backup" ? backup(path) : restore(path));
  process.exitCode = isDone ? 0 : 1;
} catch (thrown) {
  end(1, thrown instanceof Error ? thrown.message : String(thrown));
}
