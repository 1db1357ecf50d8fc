import { createLinkClient, createMemoryOutbox } from "@kingly/link";
import { connectWebSocket } from "@kingly/link/node";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import type { DeliverySide } from "../side.ts";

const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };

/** The link as it comes: its own limits and times. */
export const kinglySide: DeliverySide = {
  name: "kingly link",
  serverFile: "kingly.ts",
  open(port, number, onEvent) {
    const outbox = createMemoryOutbox();
    const client = createLinkClient(
      { ...deps, connect: (signal) => connectWebSocket(`ws://127.0.0.1:${port}/?client=${number}`, { signal }) },
      {
        startFrom: "start",
        outbox,
        onEvent: (events) => {
          for (const { body } of events) onEvent(Number(body["n"]));
        },
        // A snapshot would have to be loaded: the harness has none, so what a resync skips counts as lost.
      },
    );
    return {
      say: (n) => void client.say(`u${n}`, { n }),
      room: () => outbox.size() < 64,
      unsettled: () => outbox.size(),
      close: () => client.close(),
    };
  },
};
