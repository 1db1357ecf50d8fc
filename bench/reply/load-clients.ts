// One process of load clients: opens its sockets, says what the plan says at the planned instants whether or not
// answers come (open loop), and tells how long each answer took. Started by bench/reply/main.ts.
import { openVoice } from "./open-voice.ts";
import type { Voice } from "./open-voice.ts";
import type { LoadNews, LoadPlan, LoadResult, Waits } from "./plan.ts";
import { makesCommand, utterance } from "./utterances.ts";

interface Frame {
  readonly t: string;
  readonly id?: string;
  readonly state?: string;
  readonly code?: string;
  readonly message?: string;
  readonly reply?: { readonly state: string; readonly by?: string };
}

const plan = JSON.parse(process.argv[2] ?? "{}") as LoadPlan;
const intervalMs = 1000 / plan.perSecond;
const countIn = (ms: number): number => Math.round(ms / intervalMs) * plan.clients;
const warmups = countIn(plan.warmupMs);
const messages = warmups + countIn(plan.measureMs);
// One slot per message; 0 means "not yet".
const slots = (): Float64Array => new Float64Array(messages);
const [dueAt, sentAt, heardAt, recordedAt, acceptedAt] = [slots(), slots(), slots(), slots(), slots()];
const faults: string[] = [];
let faultCount = 0;
let resyncs = 0;
let missing = messages;
let onComplete = (): void => {};

const tell = (news: LoadNews): void => void process.send?.(news);
const fault = (what: string): void => {
  faultCount += 1;
  if (faults.length < 10) faults.push(what);
};

/** Small and repeatable (a linear congruential generator); returns 0 up to 1. */
function createSeeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function complete(): void {
  missing -= 1;
  if (missing === 0) onComplete();
}

function take(text: string): void {
  const now = performance.now();
  const frame = JSON.parse(text) as Frame;
  const number = Number(frame.id?.slice(frame.id.lastIndexOf("_") + 1));
  if (plan.kind !== "kingly") {
    if (heardAt[number] !== 0) return fault(`echo of ${frame.id} came twice`);
    heardAt[number] = now;
    return complete();
  }
  if (frame.t === "reply") takeReply(frame, number, now);
  else if (frame.t === "state") takeState(frame, number, now);
  else if (frame.t === "error") fault(`${frame.code}: ${frame.message}`);
  else if (frame.t === "resync") resyncs += 1;
}

function takeReply(frame: Frame, number: number, now: number): void {
  // A front model may say more, later.
  if (frame.reply?.by === "model") return;
  const state = frame.reply?.state ?? "none";
  if (heardAt[number] === 0) {
    heardAt[number] = now;
    if (state !== "heard") fault(`first reply to ${frame.id} says ${state}`);
  } else if (recordedAt[number] !== 0) fault(`a third reply to ${frame.id} says ${state}`);
  else if (state === "heard") fault(`second reply to ${frame.id} says heard`);
  else {
    recordedAt[number] = now;
    complete();
  }
}

function takeState(frame: Frame, number: number, now: number): void {
  // A question that was answered whole is done without the orchestrator: its state comes right after its reply.
  const byBack = frame.state === "accepted" || frame.state === "running" || frame.state === "done";
  if (byBack && acceptedAt[number] === 0 && makesCommand(number)) acceptedAt[number] = now;
}

function waits(answeredAt: Float64Array): Waits {
  const answered: number[] = [];
  for (let at = warmups; at < messages; at += 1) if (answeredAt[at] !== 0) answered.push(at);
  const since = (from: Float64Array): Float64Array =>
    Float64Array.from(answered, (at) => (answeredAt[at] ?? 0) - (from[at] ?? 0));
  return { fromSend: since(sentAt), fromSchedule: since(dueAt) };
}

const voices: Voice[] = [];
for (let index = 0; index < plan.clients; index += 1) {
  const { kind, host, token } = plan;
  const workspace = `bench_${index % plan.workspaces}`;
  voices.push(await openVoice({ kind, host, token, index, workspace, onText: take, onFault: fault }));
}

// Every client has a phase of its own within the interval: bunches come as they come with people.
const seeded = createSeeded(plan.seed);
const phases = voices.map(() => seeded() * intervalMs).toSorted((a, b) => a - b);
const prefix = `${plan.kind.replace(".", "")}_${plan.seed}_${process.pid}`;
const texts = Array.from({ length: messages }, (_, number) => utterance(number));
const beginsAt = performance.now() + 100;
for (let number = 0; number < messages; number += 1) {
  dueAt[number] = beginsAt + (phases[number % plan.clients] ?? 0) + Math.floor(number / plan.clients) * intervalMs;
}

await new Promise<void>((resolve) => {
  let next = 0;
  const tick = (): void => {
    for (; next < messages && (dueAt[next] ?? 0) <= performance.now(); next += 1) {
      if (next === warmups) tell({ phase: "measuring" });
      const frame = JSON.stringify({ t: "say", id: `${prefix}_${next}`, text: texts[next] });
      sentAt[next] = performance.now();
      voices[next % plan.clients]?.send(frame);
    }
    if (next === messages) return resolve();
    setTimeout(tick, Math.max(0, (dueAt[next] ?? 0) - performance.now()));
    return undefined;
  };
  tick();
});
tell({ phase: "measured" });
if (missing > 0) {
  await new Promise<void>((resolve) => {
    onComplete = resolve;
    setTimeout(resolve, plan.drainMs);
  });
}

const heard = waits(heardAt);
const recorded = waits(recordedAt);
const result: LoadResult = {
  messages: messages - warmups,
  prefix,
  said: messages,
  heard,
  recorded,
  accepted: waits(acceptedAt),
  lost: missing,
  resyncs,
  faults,
  faultCount,
};
process.send?.({ phase: "ended", result } satisfies LoadNews, () => process.exit(0));
