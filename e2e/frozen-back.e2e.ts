// The real orchestrator, stopped by SIGSTOP: people are answered, told, and everything is done once afterwards.
import { afterEach, expect, test } from "vitest";
import { openHouse, readLog, until } from "./house.ts";
import type { House } from "./house.ts";
import { openLink, post } from "./stranger.ts";

const answerOf = (body: string): { readonly reply: { readonly text: string; readonly state: string } } =>
  JSON.parse(body);

let house: House | undefined;
afterEach(() => house?.close());

test("[G28][G29][G6] an orchestrator that freezes is told of, replies go on, and each command takes effect once", async () => {
  const opened = await openHouse();
  house = opened;
  await opened.start("orchestrator");
  await opened.start("gateway");
  await until("both apps joined", async () => (await opened.fetch("/readyz")).ok || undefined);
  const link = await openLink(opened);
  link.send({ t: "hello", after: null });
  const isTold = (back: string): true | undefined =>
    link.frames.findLast((frame) => frame["t"] === "note")?.["back"] === back || undefined;
  await until("the note that it is there", () => isTold("there"));
  const pid = opened.pidOf("orchestrator") ?? 0;
  process.kill(pid, "SIGSTOP");
  try {
    const count = 300;
    for (let n = 0; n < count; n += 50) {
      const replies = await Promise.all(
        Array.from({ length: 50 }, (_, m) => post(opened, { id: `f${n + m}`, text: `Create page number ${n + m}` })),
      );
      for (const reply of replies) expect([reply.status, answerOf(reply.body).reply.state]).toEqual([200, "recorded"]);
    }
    await until("the note that it is away", () => isTold("away"));
    const late = await post(opened, { id: "late", text: "Create page number 301" });
    expect(answerOf(late.body).reply.text).toContain("I keep this safely");
    process.kill(pid, "SIGCONT");
    await until("the note that it is back", () => isTold("there"));
    const isOver = async (): Promise<true | undefined> =>
      /^kingly_waiting_commands\{workspace="default"\} 0$/m.test(await (await opened.fetch("/metrics")).text()) ||
      undefined;
    await until("everything to be taken", isOver);
    // The acknowledgement stands in the unit that accepts: one for each command is one effect for each.
    const acknowledged = (await readLog(opened)).filter(({ line, cid }) =>
      line.startsWith(`su#${cid}:task_${cid}|queued`),
    );
    expect(acknowledged.length).toBe(count + 1);
    expect(new Set(acknowledged.map(({ cid }) => cid)).size).toBe(count + 1);
  } finally {
    process.kill(pid, "SIGCONT");
  }
});
