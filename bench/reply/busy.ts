// What else goes on: so many jobs a second for the orchestrator (each an utterance that it must read, and that a front
// model reads first), and searches. Started by bench/reply/main.ts with --busy; ends with its parent.
import { setTimeout as sleep } from "node:timers/promises";
import { openVoice } from "./open-voice.ts";
import type { Voice } from "./open-voice.ts";

const plan = JSON.parse(process.argv[2] ?? "{}") as { readonly host: string; readonly token: string };
const jobsPerSecond = 100;
const searchesPerSecond = 20;
// The gateway has a front model read 16 utterances of a workspace at a time: 8 workspaces keep 100 streams and more going.
const workspaces = 8;
const voices: Voice[] = [];
for (let index = 0; index < workspaces; index += 1) {
  const ignore = (): void => {};
  const workspace = `busy_${index}`;
  voices.push(await openVoice({ kind: "kingly", ...plan, index, workspace, onText: ignore, onFault: ignore }));
}
process.send?.({ phase: "busy" });
process.on("disconnect", () => process.exit(0));
const beginsAt = performance.now();
for (let number = 0; ; number += 1) {
  await sleep(Math.max(0, beginsAt + (number * 1000) / jobsPerSecond - performance.now()));
  const voice = voices[number % voices.length];
  const id = `busy_${process.pid}_${number}`;
  voice?.send(
    JSON.stringify({ t: "say", id, text: `the visitor ${number} said the lamp in hall ${number % 40} looks odd` }),
  );
  if (number % (jobsPerSecond / searchesPerSecond) !== 0) continue;
  voice?.send(
    JSON.stringify({ t: "ask", id: `ask_${number}`, question: "memory", params: { text: `lamp hall ${number % 40}` } }),
  );
}
