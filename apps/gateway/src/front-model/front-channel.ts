import { createTaint, errorLine, formatCommand } from "@kingly/codec";
import type { Diagnostic, Taint } from "@kingly/codec";
import { LlmError, withDeadline } from "@kingly/llm";
import type { Model, ModelEvent, ModelMessage, ModelRequest, StopReason } from "@kingly/llm";
import type { Clock, Log } from "@kingly/runtime";
import { createAnswerReader } from "./answer-reader.ts";
import type { Found } from "./answer-reader.ts";
import type { ChannelDiagnostic, ChannelEvent, EndReason, Thought } from "./channel-event.ts";
import { frontPrompt, frontQuestion, frontRules } from "./front-prompt.ts";
import { createProseFilter } from "./prose-filter.ts";

/** The limits of one turn. */
export interface FrontChannelOptions {
  /** Milliseconds for both questions together, from 1. @default 4,000 */
  readonly deadlineMs?: number;
  /** Most commands of a turn, from 1. @default 8 */
  readonly maxCommands?: number;
  /** Most prose of a turn, in UTF-16 units; more is left out. @default 8,000 */
  readonly maxProseChars?: number;
  /** Most that is read of one answer, in UTF-16 units. @default 65,536 */
  readonly maxAnswerChars?: number;
}

/** The way from a front model into the house. */
export interface FrontChannel {
  /** Asks the model about one utterance. Never throws; leaving the loop early ends the request. */
  think(thought: Thought): AsyncIterable<ChannelEvent>;
  /** Whether thinking makes sense now; who is not ready is not waited for. @default always */
  isReady?(): boolean;
}

// A stream of nothing but empty pieces must end too.
const maxAnswerEvents = 20_000;

// What a second question may tell: so many faults, each so long.
const maxFaults = 5;
const maxFaultChars = 400;

/** Creates the channel of a front model: its words come out as prose and as commands that may be carried out. [G18]
 *
 * What is broken is told to the model once, as `er` lines; of its second answer only commands are taken, at most as many
 * as were broken. What stands in untrusted text is never a command and is not asked for again. */
export function createFrontChannel(
  deps: { readonly model: Model; readonly clock: Clock; readonly log: Log },
  options: FrontChannelOptions = {},
): FrontChannel {
  const { clock, log } = deps;
  const { deadlineMs = 4000, maxCommands = 8, maxProseChars = 8000, maxAnswerChars = 65_536 } = options;
  const { name } = deps.model;
  // A model that throws before its stream begins fails like one that throws within it.
  const model = withDeadline({ name, stream: (request) => begin(deps.model, request) }, { clock });

  /** Streams one answer; returns why it ended. */
  async function* hear(
    messages: readonly ModelMessage[],
    thought: Thought,
    taint: Taint,
    leftMs: number,
  ): AsyncGenerator<Found, EndReason> {
    const reader = createAnswerReader(taint);
    let chars = 0;
    let events = 0;
    const signal = thought.signal === undefined ? {} : { signal: thought.signal };
    try {
      for await (const event of model.stream({
        system: frontRules,
        messages,
        deadlineMs: leftMs,
        purpose: "front",
        ...signal,
      })) {
        events += 1;
        if (event.kind === "done") {
          yield* reader.end();
          return reasonOf(event.stopReason);
        }
        if (event.kind !== "text") continue;
        chars += event.text.length;
        if (chars > maxAnswerChars || events > maxAnswerEvents) return "too_much";
        yield* reader.push(event.text);
      }
    } catch (thrown) {
      const isLate = thrown instanceof LlmError && thrown.code === "deadline";
      if (!isLate) log.warn("the front model failed", { model: name, why: String(thrown) });
      return isLate ? "deadline" : "failed";
    }
    return "failed";
  }

  async function* think(thought: Thought): AsyncGenerator<ChannelEvent> {
    const endsAtMs = clock.monotonicMs() + deadlineMs;
    const taint = taintOf(thought);
    const prose = createProseFilter(maxProseChars);
    const taken = new Set<string>();
    const broken: Diagnostic[] = [];
    let unread = 0;
    let said = "";

    /** Takes one command, unless the turn has it already or has too many. */
    const take = (found: Found & { kind: "command" }): ChannelEvent => {
      const { cid: _, ...command } = found.command;
      const line = formatCommand(command);
      if (taken.has(line)) return refuse("repeated_command", found.text, "It was written once already.");
      if (taken.size >= maxCommands) {
        unread += 1;
        return refuse("too_many_commands", found.text, `Write at most ${maxCommands} commands in a turn.`);
      }
      taken.add(line);
      return { kind: "command", command, repairs: found.repairs };
    };
    async function* first(): AsyncGenerator<ChannelEvent, EndReason> {
      const answer = hear(frontPrompt(thought), thought, taint, deadlineMs);
      try {
        for (;;) {
          const next = await answer.next();
          if (next.done === true) return next.value;
          said += next.value.text;
          if (next.value.kind === "prose") {
            const text = prose.take(next.value.text);
            if (text !== "") yield { kind: "prose", text };
          } else if (next.value.kind === "refused") {
            if (next.value.diagnostic.code === "tainted") unread += 1;
            else broken.push(next.value.diagnostic);
            yield next.value;
          } else {
            const event = take(next.value);
            yield event;
            if (isTooMany(event)) return "too_much";
          }
        }
      } finally {
        // Whoever left early left the model too.
        await answer.return("cancelled");
      }
    }
    async function* second(): AsyncGenerator<ChannelEvent, EndReason> {
      const messages = frontQuestion(thought, said, faultsOf(broken));
      const answer = hear(messages, thought, taint, Math.max(1, endsAtMs - clock.monotonicMs()));
      let left = broken.length;
      try {
        while (left > 0) {
          const next = await answer.next();
          if (next.done === true) return next.value;
          if (next.value.kind === "refused") yield next.value;
          if (next.value.kind !== "command") continue;
          const event = take(next.value);
          if (event.kind === "command") left -= 1;
          yield event;
          if (isTooMany(event)) return "too_much";
        }
        return "end";
      } finally {
        unread += left;
        await answer.return("cancelled");
      }
    }

    let why = yield* first();
    if (broken.length > 0) {
      if ((why === "end" || why === "cut") && clock.monotonicMs() < endsAtMs) {
        const again = yield* second();
        // Without a second answer the first still stands; when time is up, it is up for both.
        if (again === "deadline" || again === "cancelled" || again === "too_much") why = again;
      } else unread += broken.length;
    }
    if (why !== "end" || unread > 0) {
      const codes = broken.map(({ code }) => code).join(" ");
      log.info("the front model was not understood in full", { model: name, why, unread, codes });
    }
    yield { kind: "ended", why, unread };
  }
  return { think };
}

async function* begin(model: Model, request: ModelRequest): AsyncGenerator<ModelEvent> {
  yield* model.stream(request);
}

function isTooMany(event: ChannelEvent): boolean {
  return event.kind === "refused" && event.diagnostic.code === "too_many_commands";
}

function taintOf(thought: Thought): Taint {
  const taint = createTaint();
  taint.add(thought.text, "the person");
  for (const { source, text } of thought.untrusted) taint.add(text, source);
  taint.add(thought.digest ?? "", "the status");
  for (const { text, reply } of thought.recent ?? []) {
    taint.add(text, "said before");
    taint.add(reply, "replied before");
  }
  return taint;
}

function reasonOf(stop: StopReason): EndReason {
  if (stop === "end" || stop === "refusal" || stop === "cancelled") return stop;
  // Nobody gave it tools.
  return stop === "length" ? "cut" : "failed";
}

function refuse(code: ChannelDiagnostic["code"], text: string, hint: string): ChannelEvent {
  return { kind: "refused", diagnostic: { code, at: 0, hint }, text };
}

function faultsOf(broken: readonly Diagnostic[]): string {
  const lines = broken.slice(0, maxFaults).map((diagnostic) => errorLine(diagnostic).slice(0, maxFaultChars));
  return `${lines.join("\n").toWellFormed()}\nWrite only the commands with these faults again, mended, each in its bracket.`;
}
