import type { SocketListener } from "@kingly/link";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { expect, test } from "vitest";
import { createTurnEnd } from "../src/limits/turn-end.ts";
import { createOnLink } from "../src/on-link.ts";
import { createSnapshots } from "../src/snapshots.ts";
import type { Workspace } from "../src/workspace.ts";
import { startFakeOrchestrator } from "./fake-orchestrator.ts";

import { openSide, sessionOf } from "./workspace-house.ts";

test("[G71][G1] all that is read in one turn is answered before the keeping of any of it is begun, then kept in order", async () => {
  const side = await openSide(await startFakeOrchestrator());
  const order: string[] = [];
  let next: (() => void)[] = [];
  const workspace: Workspace = {
    ...side.workspace,
    say(utterance, person, check) {
      const heard = side.workspace.say(utterance, person, check);
      if ("refused" in heard) return heard;
      const settle: typeof heard.settle = () => {
        order.push(`keep ${utterance.id}`);
        return heard.settle();
      };
      return { heard: heard.heard, settle };
    },
  };
  const link = createOnLink(
    {
      clock: createSystemClock(),
      random: createSystemRandom(),
      log: createSilentLog(),
      snapshots: createSnapshots(),
      budget: { admit: () => true },
      turnEnd: createTurnEnd((run) => void next.push(run)),
    },
    () => {},
  );
  const open = (): ((frame: object) => void) => {
    let listener: SocketListener | undefined;
    link.accept(
      {
        listen: (one) => void (listener = one),
        send(text) {
          const { t, id, reply } = JSON.parse(text) as { t: string; id?: string; reply?: { state: string } };
          if (t === "reply") order.push(`${reply?.state} ${id}`);
        },
        close: () => {},
        bufferedBytes: () => 0,
      },
      sessionOf(workspace),
    );
    const bring = (frame: object): void => listener?.onMessage(JSON.stringify(frame));
    bring({ t: "hello", after: null });
    return bring;
  };
  const [one, two] = [open(), open()];
  one({ t: "say", id: "a", text: "Create a page about pears" });
  two({ t: "say", id: "b", text: "Create a page about plums" });
  one({ t: "say", id: "c", text: "status?" });
  expect(order).toEqual(["heard a", "heard b", "heard c"]);
  const turn = next;
  next = [];
  for (const run of turn) run();
  await side.until(() => order.length === 9);
  expect(order.slice(3, 6)).toEqual(["keep a", "keep b", "keep c"]);
  expect(order.slice(6)).toEqual(["recorded a", "recorded b", "done c"]);
  link.close();
});
