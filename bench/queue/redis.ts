import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A private Redis behind a socket in a folder of its own. */
export interface Redis {
  readonly socket: string;
  /** The CPU that the server has used, in microseconds. */
  cpuUs(): number;
  readonly stop: () => void;
}

/** Starts a Redis that appends to its log, or says why it cannot. `always`: synced before it answers. */
export async function startRedis(fsync: "always" | "everysec"): Promise<Redis | string> {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" });
  } catch {
    return "no Redis on this machine";
  }
  const folder = mkdtempSync(join(tmpdir(), "kingly-bench-redis-"));
  const socket = join(folder, "redis.sock");
  const log = ["--appendonly", "yes", "--appendfsync", fsync, "--save", ""];
  const child = spawn("redis-server", ["--port", "0", "--unixsocket", socket, "--dir", folder, ...log], {
    stdio: "ignore",
  });
  for (let tries = 0; !(await answers(socket)); tries += 1) {
    if (tries > 200 || child.exitCode !== null) return "Redis did not start";
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    socket,
    cpuUs: () => cpuUsOf(child.pid ?? 0),
    stop() {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once("connect", () => resolve(true)).once("error", () => resolve(false));
    connection.once("close", () => {}).end();
  });
}

function cpuUsOf(pid: number): number {
  // Fields 14 and 15, in ticks of 10 ms; all that stands in a Redis's name is one word.
  const fields = execFileSync("cat", [`/proc/${pid}/stat`], { encoding: "utf8" }).split(" ");
  return (Number(fields[13]) + Number(fields[14])) * 10_000;
}
