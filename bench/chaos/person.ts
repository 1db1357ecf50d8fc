import { createLinkClient, createMemoryOutbox } from "@kingly/link";
import type { LoggedEvent } from "@kingly/link";
import { connectWebSocket } from "@kingly/link/node";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";

const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };

/** Somebody who says one thing after the other over a bad network, and hears the whole log. */
export interface Person {
  /** The rows as they were told, in the order in which they were told. */
  readonly heard: readonly LoggedEvent[];
  readonly resyncs: readonly unknown[];
  /** Ids of what was said and answered as recorded. */
  readonly recorded: ReadonlySet<string>;
  readonly refused: readonly string[];
  say(id: string, text: string): void;
  waiting(): number;
  close(): void;
}

/** Opens a person on a link to `port`. */
export function openPerson(options: { readonly port: number; readonly token: string }): Person {
  const heard: LoggedEvent[] = [];
  const resyncs: unknown[] = [];
  const recorded = new Set<string>();
  const refused: string[] = [];
  const outbox = createMemoryOutbox();
  const headers = { authorization: `Bearer ${options.token}` };
  const client = createLinkClient(
    {
      ...deps,
      connect: (signal) => connectWebSocket(`ws://127.0.0.1:${options.port}/v1/link`, { signal, headers }),
    },
    {
      startFrom: "start",
      outbox,
      onEvent: (events) => void heard.push(...events),
      onResync: (position) => void resyncs.push(position),
      // The first reply is only heard: a gateway that is killed then has kept nothing.
      settledBy: (_id, body) => stateOf(body) !== "heard",
      onReply(id, body) {
        if (stateOf(body) !== "heard") recorded.add(id);
      },
      onRefused: (id, error) => void refused.push(`${id}: ${error.code}`),
    },
  );
  return {
    heard,
    resyncs,
    recorded,
    refused,
    say: (id, text) => void client.say(id, { text }),
    waiting: () => outbox.size(),
    close: () => client.close(),
  };
}

function stateOf(body: Readonly<Record<string, unknown>>): unknown {
  const reply = body["reply"];
  return typeof reply === "object" && reply !== null && "state" in reply ? reply.state : undefined;
}
