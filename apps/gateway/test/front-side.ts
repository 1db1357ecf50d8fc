// What tests of a second thought need: a model at the side of a workspace, and what the orchestrator got.
import { parseCommand } from "@kingly/codec";
import { createScriptedModel } from "@kingly/llm";
import type { ScriptEntry } from "@kingly/llm";
import { deriveCid } from "../src/derive-cid.ts";
import { createFrontChannel } from "../src/front-model/front-channel.ts";
import type { Journal } from "../src/journal/journal.ts";
import type { Settled } from "../src/on-utterance.ts";
import type { FakeOrchestrator } from "./fake-orchestrator.ts";
import type { Reply } from "./front-house.ts";
import type { openSide } from "./workspace-house.ts";
import type { Side } from "./workspace-house.ts";

/** What only the back can read. */
export const text = "Why is the sea salty after all these years";
/** The cid of an ordinal of the utterance `id`. */
export const cid = (ordinal: number, id = "a"): string => deriveCid("default", "owner", id, ordinal);
/** An answer with words and two commands. */
export const plan = "I will look into it. [Do: tc:Ask the sea|research|low] [Do: ts:auto|0.5|two parts]";
/** The answer, after three seconds. */
export const slow = (reply: string): Reply => [
  { kind: "wait", waitMs: 3000 },
  { kind: "text", text: reply },
];
/** Makes the channel of a side. */
export type FrontOf = NonNullable<NonNullable<Parameters<typeof openSide>[1]>["front"]>;
/** A scripted model with one reply for each question. */
export const front =
  (...replies: readonly Reply[]): FrontOf =>
  ({ clock, log }) =>
    createFrontChannel({
      model: createScriptedModel(
        { clock },
        replies.map((reply): ScriptEntry => ({ reply })),
      ),
      clock,
      log,
    });
/** What goes over the link to the orchestrator. */
export interface Sent {
  readonly line: string;
  readonly origin: string;
  readonly turn: string;
  readonly auto?: string;
}
/** What took effect there, in order. */
export const sentOf = (fake: FakeOrchestrator): readonly Sent[] =>
  [...fake.effects.values()].map((body) => body as Sent);
/** What an utterance line says of its reply. */
export const said = (line: string | undefined): unknown => {
  const parsed = parseCommand(line ?? "");
  if (!parsed.ok || parsed.value.op !== "utterance") return undefined;
  const { route, by, reply, state } = parsed.value;
  return { route, by, reply, state };
};
/** The lines that the journal still has to send. */
export const outboxOf = async (journal: Journal): Promise<readonly string[]> =>
  (await journal.contents()).outbox.map(({ body }) => (JSON.parse(body) as Sent).line);
/** What a second thought made of it, once it is over. */
export const refinedOf = async (settled: Settled): Promise<unknown> => (settled.ok ? settled.refined : "refused");
/** Whether nothing waits for the back. */
export const isIdle = (side: Side): boolean => side.workspace.waitingForBack() === 0;
/** Whether the link to the back is open. */
export const isOpen = (side: Side) => (): boolean => side.workspace.backConnected();
