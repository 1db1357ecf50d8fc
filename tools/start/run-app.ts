// One life of one app, from its start to its end.
import { spawn } from "node:child_process";
import { createLineSplitter } from "./create-line-splitter.ts";
import type { LogFile } from "./create-log-file.ts";
import type { ProcessEnd } from "./describe-end.ts";

/** A running app. */
export interface AppLife {
  readonly pid: number | undefined;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<ProcessEnd & { readonly livedMs: number }>;
}

/** What a life needs. */
export interface RunAppOptions {
  /** Path of the app's main file. */
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: LogFile;
  onReady(): void;
  onErrorLine(line: string): void;
}

const keptLines = 40;
// A grandchild that inherited stderr can hold it open after the app has gone.
const drainMs = 300;

/** Starts an app with an IPC channel, so that it leaves when this process dies in whatever way. */
export function runApp(options: RunAppOptions): AppLife {
  const startedAtMs = performance.now();
  const lastLines: string[] = [];
  const child = spawn(process.execPath, [options.script], {
    env: options.env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    windowsHide: true,
  });
  const lines = createLineSplitter((line) => {
    lastLines.push(line);
    if (lastLines.length > keptLines) lastLines.shift();
    options.onErrorLine(line);
  });
  child.stdout?.on("data", (chunk: Buffer) => options.log.append(chunk));
  child.stderr?.on("data", (chunk: Buffer) => {
    options.log.append(chunk);
    lines.push(chunk);
  });
  child.on("message", (message) => {
    if (typeof message === "object" && message !== null && "ready" in message) options.onReady();
  });
  const ended = new Promise<ProcessEnd & { readonly livedMs: number }>((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      lines.end();
      resolve({ code, signal, lastLines, livedMs: performance.now() - startedAtMs });
    };
    child.on("close", end);
    child.on("exit", (code, signal) => setTimeout(end, drainMs, code, signal));
    child.on("error", (error) => {
      // Reported for a failed kill or send too; only a process that never was ends here.
      if (child.pid !== undefined) return;
      lastLines.push(error.message);
      end(1, null);
    });
  });
  return { pid: child.pid, kill: (signal) => void child.kill(signal), ended };
}
