import { parseArgs } from "node:util";
import type { SideKind } from "./plan.ts";

/** One load: so many clients, each so many messages in a second. */
export interface Load {
  readonly clients: number;
  readonly perSecond: number;
}

/** What happens to the orchestrator before the first round. */
export type OrchestratorFate = "live" | "frozen" | "killed";

/** How the bench runs. */
export interface BenchOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmupSeconds: number;
  readonly loads: readonly Load[];
  /** The clients are spread over at most so many workspaces. */
  readonly workspaces: number;
  readonly orchestrator: OrchestratorFate;
  /** The rivals that take turns with the gateway. */
  readonly rivals: readonly SideKind[];
  /** Model streams, jobs and searches run beside everything the gateway is asked. */
  readonly busy: boolean;
  /** So many idle clients are opened at each side to read what one costs; 0: not measured. */
  readonly idle: number;
  /** Where CPU profiles of both apps are written. */
  readonly profile: string | undefined;
}

/** What `--help` prints. */
export const usage = `pnpm bench reply [options]

  --rounds 3              rounds of each load; the rivals and Kingly take turns in each
  --rivals ws,socket.io,sse   the echoes beside it
  --seconds 5             measured seconds of a round
  --warmup 2              seconds before them that are thrown away
  --loads 1x50,100x10     clients x messages per second of each
  --workspaces 50         the clients are spread over so many (the gateway opens at most 64)
  --orchestrator live     or frozen (in each round once at work and once stopped by SIGSTOP; when it goes on, every
                          utterance must stand in the log once), or killed (SIGKILL before the first round)
  --busy                  128 front model streams, 100 jobs a second and searches beside the load
  --idle 0                idle clients opened at each side, to read the memory of one
  --profile <folder>      write CPU profiles of both apps there`;

/** Reads the options; a wrong one is a sentence. */
export function readOptions(parameters: readonly string[]): BenchOptions | { readonly wrong: string } {
  let values: Partial<Record<string, string | boolean>>;
  try {
    const text = { type: "string" } as const;
    values = parseArgs({
      args: [...parameters],
      options: {
        rounds: { ...text, default: "3" },
        seconds: { ...text, default: "5" },
        warmup: { ...text, default: "2" },
        loads: { ...text, default: "1x50,100x10" },
        workspaces: { ...text, default: "50" },
        orchestrator: { ...text, default: "live" },
        rivals: { ...text, default: "ws,socket.io,sse" },
        idle: { ...text, default: "0" },
        busy: { type: "boolean" },
        profile: text,
        help: { type: "boolean" },
      },
    }).values;
  } catch (thrown) {
    return { wrong: thrown instanceof Error ? thrown.message : "The options cannot be read." };
  }
  if (values["help"] === true) return { wrong: "" };
  const loads = String(values["loads"])
    .split(",")
    .map((load) => {
      const [clients = 0, perSecond = 0] = load.split("x").map(Number);
      return { clients, perSecond };
    });
  const { orchestrator, profile } = values;
  const options = {
    rounds: Number(values["rounds"]),
    seconds: Number(values["seconds"]),
    warmupSeconds: Number(values["warmup"]),
    workspaces: Number(values["workspaces"]),
  };
  const wrongNumber = Object.entries(options).find(([, value]) => !(value > 0));
  if (wrongNumber !== undefined) return { wrong: `${wrongNumber[0]} must be a number above 0.` };
  if (loads.some(({ clients, perSecond }) => !(clients > 0 && perSecond > 0))) {
    return { wrong: "--loads is written as clients x messages per second: 1x50,100x10." };
  }
  if (orchestrator !== "live" && orchestrator !== "frozen" && orchestrator !== "killed") {
    return { wrong: "--orchestrator is live, frozen or killed." };
  }
  const rivals = String(values["rivals"])
    .split(",")
    .filter((name) => name !== "");
  if (!rivals.every(isRival)) return { wrong: "--rivals are ws, socket.io and sse, with commas between them." };
  return {
    ...options,
    loads,
    orchestrator,
    rivals,
    idle: Number(values["idle"]),
    busy: values["busy"] === true,
    profile: typeof profile === "string" ? profile : undefined,
  };
}

function isRival(name: string): name is SideKind {
  return name === "ws" || name === "socket.io" || name === "sse";
}
