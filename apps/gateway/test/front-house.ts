// What tests of the front channel need: a model that says what it is told to, and all that came out, in short.
import { formatCommand } from "@kingly/codec";
import type { LlmError, Model, ScriptAction, ScriptEntry, ScriptedModel } from "@kingly/llm";
import { createScriptedModel } from "@kingly/llm";
import { createManualClock, createMemoryLog } from "@kingly/runtime/testing";
import type { ManualClock } from "@kingly/runtime/testing";
import type { Thought } from "../src/front-model/channel-event.ts";
import { createFrontChannel } from "../src/front-model/front-channel.ts";
import type { FrontChannelOptions } from "../src/front-model/front-channel.ts";

/** One answer of a scripted model. */
export type Reply = string | LlmError | readonly ScriptAction[];

/** What came out of a channel. */
export interface Heard {
  /** Canonical lines. */
  readonly commands: readonly string[];
  readonly prose: string;
  /** Codes of the refused, in order. */
  readonly refused: readonly string[];
  readonly why: string;
  readonly unread: number;
  /** The order of it all: p, c, r. */
  readonly order: string;
  readonly repairs: readonly string[];
}

/** Asks a model that gives these answers, one a question; time passes only while it waits. */
export async function hear(
  thought: Partial<Thought>,
  replies: readonly Reply[],
  options: FrontChannelOptions = {},
): Promise<Heard & { readonly model: ScriptedModel }> {
  const clock = createManualClock();
  const model = createScriptedModel(
    { clock },
    replies.map((reply): ScriptEntry => ({ reply })),
  );
  return { ...(await hearModel(model, thought, clock, options)), model };
}

/** Asks any model. */
export async function hearModel(
  model: Model,
  thought: Partial<Thought>,
  clock: ManualClock,
  options: FrontChannelOptions = {},
): Promise<Heard> {
  const channel = createFrontChannel({ model, clock, log: createMemoryLog() }, options);
  const commands: string[] = [];
  const refused: string[] = [];
  const repairs: string[] = [];
  let [prose, order, why, unread, isOver] = ["", "", "", -1, false];
  const listen = async (): Promise<void> => {
    for await (const event of channel.think({ text: "Please help me", untrusted: [], ...thought })) {
      if (why !== "") throw new Error("something came behind the end");
      if (event.kind === "prose") prose += event.text;
      else if (event.kind === "command") {
        if ("cid" in event.command) throw new Error("a cid came through");
        commands.push(formatCommand(event.command));
        repairs.push(...event.repairs.map(({ code }) => code));
      } else if (event.kind === "refused") refused.push(event.diagnostic.code);
      else ({ why, unread } = event);
      order += event.kind.charAt(0);
    }
    isOver = true;
  };
  const listening = listen();
  while (!isOver) {
    await clock.advanceAsync(100);
    // A rejection must end the test, not the waiting.
    await Promise.race([listening, new Promise((resolve) => setImmediate(resolve))]);
  }
  await listening;
  if (clock.pendingTimers() !== 0) throw new Error("a timer was left behind");
  return { commands, prose, refused, why, unread, order: order.replaceAll(/(.)\1+/g, "$1"), repairs };
}
