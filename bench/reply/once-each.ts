import { parseEvent } from "@kingly/codec";
import { WebSocket } from "ws";
import type { LoadResult } from "./plan.ts";

/** How often what was said stands in the logs. */
export interface OnceEach {
  readonly said: number;
  readonly missing: number;
  readonly doubled: number;
  /** Commands that have more than one row of the kind that begins a task. */
  readonly doubledTasks: number;
}

/** Reads the whole log of every workspace and counts the utterances of these runs: each must stand there once. */
export async function countOnceEach(
  runs: readonly LoadResult[],
  options: { readonly host: string; readonly token: string; readonly workspaces: number },
): Promise<OnceEach> {
  const times = new Map<string, number>();
  const tasks = new Map<string, number>();
  for (let index = 0; index < options.workspaces; index += 1) {
    for (const { line, cid } of await readLog(options, `bench_${index}`)) {
      if (line.startsWith("ut#")) {
        const parsed = parseEvent(line);
        if (!parsed.ok || parsed.value.op !== "utterance_recorded") continue;
        times.set(parsed.value.utterance_id, (times.get(parsed.value.utterance_id) ?? 0) + 1);
      } else if (line.startsWith("tr#") && cid !== undefined) tasks.set(cid, (tasks.get(cid) ?? 0) + 1);
    }
  }
  let [said, missing, doubled] = [0, 0, 0];
  for (const run of runs) {
    for (let number = 0; number < run.said; number += 1) {
      const count = times.get(`${run.prefix}_${number}`) ?? 0;
      said += 1;
      if (count === 0) missing += 1;
      if (count > 1) doubled += 1;
    }
  }
  return { said, missing, doubled, doubledTasks: [...tasks.values()].filter((count) => count > 1).length };
}

interface Row {
  readonly line: string;
  readonly cid?: string;
}

async function readLog(
  options: { readonly host: string; readonly token: string },
  workspace: string,
): Promise<readonly Row[]> {
  const socket = new WebSocket(`ws://${options.host}/v1/link?workspace=${workspace}`, ["kingly.1"], {
    headers: { authorization: `Bearer ${options.token}` },
    perMessageDeflate: false,
  });
  const rows: Row[] = [];
  await new Promise<void>((resolve, reject) => {
    let head = Number.POSITIVE_INFINITY;
    socket.on("error", reject);
    socket.on("open", () => socket.send('{"t":"hello","after":"0"}'));
    socket.on("message", (bytes) => {
      const frame = JSON.parse(Buffer.isBuffer(bytes) ? bytes.toString("utf8") : "{}") as Row & {
        readonly t: string;
        readonly head?: number;
        readonly seq?: number;
        readonly events?: readonly (Row & { readonly seq: number })[];
      };
      if (frame.t === "hello") head = frame.head ?? 0;
      if (frame.t === "event") rows.push(frame);
      if (frame.t === "events") rows.push(...(frame.events ?? []));
      if (rows.length >= head) resolve();
    });
  });
  socket.terminate();
  return rows;
}
