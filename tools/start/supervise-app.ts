import type { LogFile } from "./create-log-file.ts";
import { describeEnd, isStackLine } from "./describe-end.ts";
import { nextDelayMs } from "./next-delay-ms.ts";
import { runApp } from "./run-app.ts";
import type { AppLife } from "./run-app.ts";
import type { Terminal } from "./terminal.ts";

/** An app that is kept alive. */
export interface AppSupervisor {
  readonly name: string;
  /** Resolves when the app said for the first time that it listens. */
  readonly ready: Promise<void>;
  start(): void;
  /** Ends the app and starts it again at once: its sources have changed. */
  restart(): void;
  /** Ends the app for good: SIGTERM, after 8 s SIGKILL. */
  stop(): Promise<void>;
  /** Ends it without asking. */
  kill(): void;
}

/** What it is made with. */
export interface SuperviseOptions {
  readonly name: string;
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: LogFile;
  readonly terminal: Terminal;
  /** The app said what a person must change, and will not run before. */
  onGiveUp(): void;
}

/** The exit code of an app that must not be started again before a person has changed something. */
const giveUpCode = 78;
const stopWithinMs = 8000;
const slowStartMs = 15_000;

/** Keeps an app alive: a dead one is started again, later each time it dies young. */
export function superviseApp(options: SuperviseOptions): AppSupervisor {
  const { name, terminal, log } = options;
  const first = Promise.withResolvers<void>();
  let life: AppLife | undefined;
  let waiting: NodeJS.Timeout | undefined;
  let delayMs = 0;
  let stopped = false;
  let restarting = false;

  const show = (line: string): void => {
    if (line !== "" && !isStackLine(line)) terminal.problem(`${name}: ${line}`);
  };

  const start = (): void => {
    waiting = undefined;
    let ready = false;
    // Held until it listens: when it gives up, its last sentence stands alone.
    const held: string[] = [];
    const slow = setTimeout(() => {
      terminal.problem(`The ${name} is slow to start; ${log.path} may say why.`);
    }, slowStartMs);
    const current = runApp({
      script: options.script,
      env: options.env,
      log,
      onReady() {
        ready = true;
        clearTimeout(slow);
        for (const line of held.splice(0)) show(line);
        first.resolve();
      },
      onErrorLine: (line) => (ready ? show(line) : void held.push(line)),
    });
    life = current;
    void current.ended.then((end) => {
      clearTimeout(slow);
      life = undefined;
      if (stopped) return;
      if (restarting) {
        restarting = false;
        return start();
      }
      if (end.code === giveUpCode) {
        for (const line of held) if (line !== "") terminal.problem(line);
        return options.onGiveUp();
      }
      delayMs = nextDelayMs(delayMs, end.livedMs);
      terminal.problem(
        `The ${name} ended (${describeEnd(end)}) and is started again in ${delayMs} ms; log: ${log.path}`,
      );
      waiting = setTimeout(start, delayMs);
    });
  };

  return {
    name,
    ready: first.promise,
    start,
    restart() {
      if (stopped) return;
      delayMs = 0;
      if (life === undefined) {
        clearTimeout(waiting);
        return start();
      }
      restarting = true;
      endWithin(life);
    },
    async stop() {
      stopped = true;
      clearTimeout(waiting);
      if (life === undefined) return;
      endWithin(life);
      await life.ended;
    },
    kill() {
      stopped = true;
      clearTimeout(waiting);
      life?.kill("SIGKILL");
    },
  };
}

function endWithin(life: AppLife): void {
  life.kill("SIGTERM");
  const late = setTimeout(() => life.kill("SIGKILL"), stopWithinMs);
  void life.ended.then(() => clearTimeout(late));
}
