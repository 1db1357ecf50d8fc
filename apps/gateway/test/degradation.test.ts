import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer as createTcpServer, connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startFakeOrchestrator } from "./fake-orchestrator.ts";
import type { FakeOrchestrator } from "./fake-orchestrator.ts";
import { later, makeFolder } from "./house.ts";
import { openSide } from "./workspace-house.ts";

/** A network before the orchestrator that can stop carrying anything, as a frozen process does: nobody is told. */
async function freezable(
  fake: FakeOrchestrator,
): Promise<{ fake: FakeOrchestrator; freeze: () => void; thaw: () => void }> {
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const server = createTcpServer((near) => {
    const far = connect(Number(new URL(fake.url()).port), "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("error", () => {});
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on("data", (bytes) => to.write(bytes));
      if (isFrozen) from.pause();
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  later(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    fake: { ...fake, url: () => `ws://127.0.0.1:${port}/v1/link` },
    freeze() {
      isFrozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw() {
      isFrozen = false;
      for (const socket of sockets) socket.resume();
    },
  };
}

describe("when something is not well, the reply comes as ever and says what is true", () => {
  test("[G28][G7][G6] a frozen orchestrator is away after 5 s; what is said is kept, and done once when it thaws", async () => {
    const real = await startFakeOrchestrator();
    const { fake, freeze, thaw } = await freezable(real);
    const side = await openSide(fake);
    const told: boolean[] = [];
    side.workspace.watchBack((isConnected) => void told.push(isConnected));
    await side.until(() => side.workspace.backConnected());
    freeze();
    // Until its silence is long enough nobody can know; nothing claims more than that it was recorded.
    const first = await side.say("u0", "Create page number 0");
    expect(first.ok && first.answer.reply.state).toBe("recorded");
    for (let second = 0; second < 6; second += 1) await side.clock.advanceAsync(1000);
    await side.until(() => !side.workspace.backConnected());
    for (let n = 1; n <= 20; n += 1) {
      const heard = side.workspace.say({ id: `u${n}`, text: `Create page number ${n}` }, "owner");
      if ("refused" in heard) throw new Error(heard.refused.code);
      expect(heard.heard.reply.state).toBe("heard");
      const settled = await heard.settle();
      expect(settled.ok && settled.answer.reply.text).toContain("I keep this safely");
    }
    expect(side.workspace.waitingForBack()).toBe(42);
    const status = await side.say("s", "What is the status?");
    expect(status.ok && [status.answer.reply.state, status.answer.reply.text]).toEqual([
      "done",
      expect.stringContaining("last heard"),
    ]);
    expect((await side.workspace.ask("tasks", {})).ok).toBe(false);
    thaw();
    await side.until(() => side.workspace.waitingForBack() === 0);
    expect(real.effects.size).toBe(43);
    expect(told.slice(0, 2)).toEqual([true, false]);
    expect(told.at(-1)).toBe(true);
  });

  test("[G3] a file that may not grow any more is said so, what was kept is still answered, and the process goes on", async () => {
    // In blocks of 512 bytes; the file begins with far less.
    const home = makeFolder();
    const main = join(import.meta.dirname, "../src/main.ts");
    const port = 20_000 + (process.pid % 20_000);
    const child = spawn("sh", ["-c", `ulimit -f 800; exec "$0" "$1"`, process.execPath, main], {
      env: {
        ...process.env,
        KINGLY_HOME: home,
        KINGLY_GATEWAY_PORT: String(port),
        KINGLY_ORCHESTRATOR_PORT: String(port + 20_000),
        KINGLY_TOKEN: "a-token-for-a-small-disk",
        KINGLY_LOG: "silent",
      },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    later(() => child.kill("SIGKILL"));
    await once(child, "message");
    const ask = (path: string, body?: object): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { authorization: "Bearer a-token-for-a-small-disk", "content-type": "application/json" },
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      });
    let refused: Response | undefined;
    for (let n = 0; n < 500 && refused === undefined; n += 1) {
      const response = await ask("/v1/utterances", { id: `u${n}`, text: `Why ${"so salty ".repeat(400)}${n}` });
      if (response.status !== 200) refused = response;
      else await response.body?.cancel();
    }
    if (refused === undefined) throw new Error("the file went on growing");
    expect(refused.status).toBe(503);
    const { error } = (await refused.json()) as { error: { code: string; message: string } };
    expect([error.code, error.message]).toEqual(["not_recorded", expect.stringContaining("could not keep it")]);
    // What was kept before is still answered, whole.
    const first = await ask("/v1/utterances", { id: "u0", text: `Why ${"so salty ".repeat(400)}0` });
    expect([first.status, child.exitCode]).toEqual([200, null]);
  });
});
