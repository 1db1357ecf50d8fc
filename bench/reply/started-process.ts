import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createWriteStream, readFileSync } from "node:fs";
import { createServer } from "node:net";

/** A server that says it is ready. */
export interface StartedProcess {
  readonly pid: number;
  signal(signal: NodeJS.Signals): void;
  /** Tells the process something over its channel and resolves with the next thing that it says. */
  ask<T>(news: object): Promise<T>;
  /** Ends it: gently, after 10 s by force. */
  stop(): Promise<void>;
}

/** Starts a file with Node and waits for `{ready: true}`. What it writes goes to `logPath`; rejects with its end. */
export async function startProcess(
  file: string,
  options: {
    readonly parameters?: readonly string[];
    readonly nodeOptions?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd: string;
    readonly logPath: string;
  },
): Promise<StartedProcess> {
  const child = fork(file, options.parameters ?? [], {
    cwd: options.cwd,
    // Nothing of the caller's settings: no key of a model, no other home.
    env: { PATH: process.env["PATH"], HOME: options.cwd, TMPDIR: options.cwd, KINGLY_MODELS: "off", ...options.env },
    execArgv: [...(options.nodeOptions ?? [])],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const log = createWriteStream(options.logPath, { flags: "a" });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const left = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    const fail = (code: number | null): void => {
      const end = readFileSync(options.logPath, "utf8").slice(-2000);
      reject(new Error(`${file} ended with ${code} before it was ready:\n${end}`));
    };
    child.once("error", reject);
    child.once("close", fail);
    child.once("message", () => {
      child.off("close", fail);
      resolve();
    });
  });
  return {
    pid: child.pid ?? 0,
    signal: (signal) => void child.kill(signal),
    ask: <T>(news: object) =>
      new Promise<T>((resolve) => {
        child.once("message", (answer) => resolve(answer as T));
        child.send(news);
      }),
    stop: () => stopChild(child, left),
  };
}

async function stopChild(child: ChildProcess, left: Promise<void>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    // One that is frozen hears nothing else.
    child.kill("SIGCONT");
    child.kill("SIGTERM");
    const force = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await left;
    clearTimeout(force);
  }
}

/** Returns a port of the loopback that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
