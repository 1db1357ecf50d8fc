import { setTimeout as sleep } from "node:timers/promises";
import { createFollower } from "./open-follower.ts";
import { openVoice } from "../reply/open-voice.ts";

const rowsOfEach = 4;

/** Makes about so many rows in the workspace's log: things to remember are said until they stand there. */
export async function publishInHouse(
  where: { readonly host: string; readonly token: string; readonly workspace: string },
  events: number,
  perSecond: number,
): Promise<void> {
  let rows = 0;
  let news = performance.now();
  const onEvent = (): void => {
    rows += 1;
    news = performance.now();
  };
  const follower = await createFollower({ kind: "gateway", ...where, onEvent });
  await follower.come();
  const ignore = (): void => {};
  const voice = await openVoice({ kind: "kingly", ...where, index: 0, onText: ignore, onFault: ignore });
  const prefix = `p${process.pid}_${performance.now().toFixed(0)}`;
  const beginsAt = performance.now();
  for (let number = 0; rows < events; number += 1) {
    if (perSecond > 0) await sleep(Math.max(1, beginsAt + (number * 1000) / perSecond - performance.now()));
    // A thing to remember makes four rows or so: never more under way than are still asked for.
    while (perSecond === 0 && number * rowsOfEach > rows + 80) await sleep(2);
    const text = `Remember that my box ${number} of shelf ${number % 7} holds part ${number}`;
    voice.send(JSON.stringify({ t: "say", id: `${prefix}_${number}`, text }));
  }
  while (performance.now() - news < 1000) await sleep(50);
  follower.drop();
}
