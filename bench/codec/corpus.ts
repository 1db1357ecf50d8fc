import { formatCommand, formatEvent } from "@kingly/codec";
import type { Command, Event } from "@kingly/codec";

/** Messages of one sort in one direction, as objects, as lines, and as the JSON of the same objects. */
export interface Side<Message> {
  readonly messages: readonly Message[];
  readonly lines: readonly string[];
  readonly json: readonly string[];
}

/** A thousand messages of one sort, half of them commands and half of them events. */
export interface Corpus {
  readonly name: string;
  readonly commands: Side<Command>;
  readonly events: Side<Event>;
}

type Maker<Message> = () => Message;
const words = (
  "team calendar rota release invoice design review deploy window login password region price plan billing " +
  "report export search index backup cluster worker queue memory context summary project atlas customer"
).split(" ");

// A linear congruence: the same corpus on every run.
let state = 20_261_122;
const below = (limit: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
};
const pick = <const T>(...choices: readonly T[]): T => choices[below(choices.length)] as T;
const phrase = (least: number, most: number): string =>
  Array.from({ length: least + below(most - least + 1) }, () => pick(...words)).join(" ");
const id = (): string => `${pick("task", "run", "ctx")}_${below(10_000)}`;
const cid = (): { cid?: string } => (below(3) === 0 ? {} : { cid: below(100_000).toString(36) });
const share = (): number => below(100) / 100;

const flatCommands: readonly Maker<Command>[] = [
  () => ({
    op: "task_create",
    ...cid(),
    title: phrase(3, 6),
    intent_type: pick(...words),
    complexity: pick("low", "high"),
  }),
  () => ({ op: "task_split", ...cid(), task_id: id(), confidence: share(), reason: phrase(3, 6) }),
  () => ({ op: "context_load", ...cid(), context_id: id(), depth: pick("full", "summary") }),
  () => ({ op: "memory_store", ...cid(), key: id(), value: phrase(4, 8), type: "semantic" }),
];
const flatEvents: readonly Maker<Event>[] = [
  () => ({ op: "task_ready", ...cid(), task_id: id(), confidence: share(), routing: pick("one_shot", "split") }),
  () => ({ op: "status_update", ...cid(), entity_id: id(), status: pick("queued", "in_progress"), progress: share() }),
  () => ({ op: "context_loaded", ...cid(), context_id: id(), summary: phrase(5, 10) }),
  () => ({ op: "error", ...cid(), code: pick("not_found", "timeout"), message: phrase(4, 8) }),
];
const payloadCommands: readonly Maker<Command>[] = [
  () => ({
    op: "workflow_start",
    ...cid(),
    workflow_id: id(),
    params: { name: phrase(1, 3), scope: pick(...words), limit: below(500) },
  }),
  () => ({
    op: "memory_store",
    ...cid(),
    key: id(),
    value: { theme: pick(...words), tabs: below(8), dry: true },
    type: "semantic",
  }),
];
const payloadEvents: readonly Maker<Event>[] = [
  () => ({ op: "task_complete", ...cid(), task_id: id(), result: "success", next_steps: { next: [id(), id()] } }),
  () => ({ op: "error", ...cid(), code: "not_found", message: phrase(3, 5), recovery: { try: `cl:${id()}|full` } }),
];
const escapedCommands: readonly Maker<Command>[] = [
  () => ({ op: "task_create", ...cid(), title: `${phrase(1, 3)} | ${phrase(1, 2)}`, intent_type: pick(...words) }),
];
const escapedEvents: readonly Maker<Event>[] = [
  () => ({ op: "context_loaded", ...cid(), context_id: id(), summary: `${phrase(2, 4)}\n[${phrase(1, 2)}] done` }),
];

// Through bytes, as from a socket: such strings are flat and share nothing.
const received = (text: string): string => Buffer.from(text).toString();

function createSide<Message>(
  makers: readonly Maker<Message>[],
  format: (message: Message) => string,
  rewrite: (line: string) => string,
): Side<Message> {
  const messages = Array.from({ length: 500 }, (_, index) => (makers[index % makers.length] as Maker<Message>)());
  return {
    messages,
    lines: messages.map((message) => received(rewrite(format(message)))),
    json: messages.map((message) => received(JSON.stringify(message))),
  };
}

function createCorpus(
  name: string,
  commands: readonly Maker<Command>[],
  events: readonly Maker<Event>[],
  rewrite: (line: string) => string = (line) => line,
): Corpus {
  return {
    name,
    commands: createSide(commands, formatCommand, rewrite),
    events: createSide(events, formatEvent, rewrite),
  };
}

// Only for payloads that hold neither quotes nor escapes, as ours do.
const withDoubleQuotes = (line: string): string =>
  line.replace(/\{.*\}/, (text) => text.replaceAll("'", '"').replaceAll(/([{,])(\w+):/g, '$1"$2":'));

/** Every sort of message that the bench measures. The mix has the proportions of the fixed twenty: 12, 6 and 2. */
export const corpora: readonly Corpus[] = [
  createCorpus("flat", flatCommands, flatEvents),
  createCorpus("payload", payloadCommands, payloadEvents),
  createCorpus("payload as JSON", payloadCommands, payloadEvents, withDoubleQuotes),
  createCorpus("escaped text", escapedCommands, escapedEvents),
  createCorpus(
    "mix",
    [
      ...flatCommands,
      ...flatCommands.slice(0, 2),
      ...payloadCommands,
      ...payloadCommands.slice(0, 1),
      ...escapedCommands,
    ],
    [...flatEvents, ...flatEvents.slice(0, 2), ...payloadEvents, ...payloadEvents.slice(0, 1), ...escapedEvents],
  ),
];
