import { execFileSync } from "node:child_process";
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

/** A private PostgreSQL with its defaults (fsync on). */
export interface Cluster {
  readonly url: string;
  readonly stop: () => void;
}

/** Starts a cluster of its own in a new folder, or says why it cannot. It does not run as root. */
export async function startPostgres(): Promise<Cluster | string> {
  const [bin] = globSync("/usr/lib/postgresql/*/bin").toSorted().toReversed();
  if (bin === undefined || !existsSync(join(bin, "initdb"))) return "no PostgreSQL on this machine";
  const isRoot = process.getuid?.() === 0;
  const number = (what: "-u" | "-g"): number => Number(execFileSync("id", [what, "postgres"], { encoding: "utf8" }));
  let user: { uid: number; gid: number } | undefined;
  try {
    user = isRoot ? { uid: number("-u"), gid: number("-g") } : undefined;
  } catch {
    return "PostgreSQL does not run as root, and there is no user postgres";
  }
  const folder = mkdtempSync("/tmp/kingly-bench-pg-");
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const run = (name: string, ...parameters: string[]): void =>
    void execFileSync(join(bin, name), parameters, { ...user, cwd: folder, stdio: "ignore" });
  const port = await freePort();
  const data = join(folder, "data");
  run("initdb", "-A", "trust", "-U", "postgres", "--no-sync", "-D", data);
  run("pg_ctl", "-D", data, "-w", "-l", join(folder, "log"), "-o", `-p ${port} -k ${folder} -h 127.0.0.1`, "start");
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop() {
      run("pg_ctl", "-D", data, "-m", "immediate", "stop");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
