import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { createLinkClient } from "@kingly/link";
import { connectWebSocket, createWebSocketAcceptor } from "@kingly/link/node";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { createManualClock, createMemoryLog } from "@kingly/runtime/testing";
import { describe, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { createScriptFront } from "../src/front-model/open-front-model.ts";
import { createOnLink } from "../src/on-link.ts";
import { startFakeOrchestrator } from "./fake-orchestrator.ts";
import { later, makeFolder } from "./house.ts";
import { createSnapshots } from "../src/snapshots.ts";
import { openSide, sessionOf } from "./workspace-house.ts";

const name = "kingly.config.json";
const text = "Why is the sea salty after all these years";

describe("the settings of a front model", () => {
  test("[G20] without a file, or without the key, there is none", () => {
    const home = makeFolder();
    expect(readConfig(home, home)).toEqual({ ok: true });
    writeFileSync(join(home, name), '{"mcpServers":{},"scriptedModel":[]}');
    expect(readConfig(home, home)).toEqual({ ok: true });
  });

  test("[G20] the home's file wins over the working folder's", () => {
    const [home, cwd] = [makeFolder(), makeFolder()];
    writeFileSync(join(cwd, name), '{"frontModel":{"script":[{"reply":"there"}]}}');
    expect(readConfig(home, cwd)).toEqual({ ok: true, frontModel: { script: [{ reply: "there" }] } });
    writeFileSync(join(home, name), '{"frontModel":{"script":[{"when":"^hi","reply":"here","delayMs":5}]}}');
    expect(readConfig(home, cwd)).toHaveProperty("frontModel.script", [{ when: "^hi", reply: "here", delayMs: 5 }]);
    writeFileSync(join(home, name), "{}");
    expect(readConfig(home, cwd)).toEqual({ ok: true });
  });

  test.each([
    ["{", "cannot be read"],
    ["[]", "top level"],
    ["null", "top level"],
    ['{"frontModel":[]}', "/frontModel must be object"],
    ['{"frontModel":{}}', "/frontModel/script"],
    ['{"frontModel":{"script":[]}}', "/frontModel/script"],
    ['{"frontModel":{"script":[{"reply":"x"}],"key":1}}', "(key)"],
    ['{"frontModel":{"script":["x"]}}', "/frontModel/script/0"],
    ['{"frontModel":{"script":[{"reply":""}]}}', "/frontModel/script/0/reply"],
    ['{"frontModel":{"script":[{"reply":"x"},{"reply":7}]}}', "/frontModel/script/1/reply"],
    ['{"frontModel":{"script":[{"reply":"x","when":"("}]}}', "/frontModel/script/0/when"],
    ['{"frontModel":{"script":[{"reply":"x","delayMs":-1}]}}', "/frontModel/script/0/delayMs"],
    ['{"frontModel":{"script":[{"reply":"x","delay":1}]}}', "(delay)"],
  ])("[G20] the broken file %# is one sentence with its path and what to do", (file, part) => {
    const home = makeFolder();
    writeFileSync(join(home, name), file);
    const read = readConfig(home, home);
    const message = read.ok ? "" : read.message;
    for (const piece of [join(home, name), part, "mend it, or move it away"]) expect(message).toContain(piece);
    expect(message).not.toContain("\n");
  });

  test("[G20] a broken file ends the start with 78", async () => {
    const home = makeFolder();
    writeFileSync(join(home, name), '{"frontModel":{}}');
    const child = spawn(process.execPath, [join(import.meta.dirname, "../src/main.ts")], {
      cwd: home,
      env: { ...process.env, KINGLY_HOME: home, KINGLY_LOG: "error" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, "close")) as [number];
    expect([code, said.trim()]).toEqual([78, expect.stringContaining("/frontModel/script must be a list")]);
  });

  test("[G20] an entry answers as often as it fits, in any letter case", async () => {
    const deps = { clock: createManualClock(), log: createMemoryLog() };
    const channel = createScriptFront(deps, { script: [{ when: "SEA", reply: "Salt." }, { reply: "What?" }] });
    const replies: string[] = [];
    for (const said of ["the sea", "The Sea", "a tree", "a bee"]) {
      for await (const event of channel.think({ text: said, untrusted: [] })) {
        if (event.kind === "prose") replies.push(event.text);
      }
    }
    expect(replies).toEqual(["Salt.", "Salt.", "What?", "What?"]);
  });

  test("[G20] what is loaded at the start does not reach a model; only the configured one does", () => {
    const root = join(import.meta.dirname, "../src");
    const [seen, packages] = [new Set<string>(), new Set<string>()];
    const follow = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      // Types are gone when it runs, and `import(` is not a start.
      for (const [, from = ""] of readFileSync(file, "utf8").matchAll(
        /^(?:import|export) (?!type )[^;]*?from "([^"]+)";/gm,
      )) {
        if (from.startsWith(".")) follow(join(dirname(file), from));
        else packages.add(from);
      }
    };
    follow(join(root, "main.ts"));
    expect([seen.has(join(root, "front-model/second-thought.ts")), packages.has("@kingly/reflex")]).toEqual([
      true,
      true,
    ]);
    expect(packages.has("@kingly/llm")).toBe(false);
    follow(join(root, "front-model/open-front-model.ts"));
    expect(packages.has("@kingly/llm")).toBe(true);
  });
});

describe("the link of whoever said it", () => {
  test("[G19][G1] the replies are heard, recorded, and one more by the model with its commands", async () => {
    const fake = await startFakeOrchestrator();
    const script = [{ when: "sea", reply: "I will look. [Do: tc:Ask the sea|research]" }];
    const side = await openSide(fake, { front: (deps) => createScriptFront(deps, { script }) });
    const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };
    const budget = { admit: () => true };
    const turnEnd = (): Promise<void> => Promise.resolve();
    const link = createOnLink({ ...deps, snapshots: createSnapshots(), budget, turnEnd }, () => {});
    const acceptor = createWebSocketAcceptor();
    const server = createServer().listen(0, "127.0.0.1");
    server.on("upgrade", (request, socket, head) => {
      acceptor.handleUpgrade(request, socket, head, (peer) => void link.accept(peer, sessionOf(side.workspace)));
    });
    await once(server, "listening");
    later(async () => {
      link.close();
      await acceptor.close();
      server.close();
    });
    const told: unknown[] = [];
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = createLinkClient(
      { ...deps, connect: (signal) => connectWebSocket(url, { signal }) },
      {
        onEvent: () => {},
        onReply: (_id, { reply, commands }) => void told.push([reply, commands]),
        onRefused: (_id, { code }) => void told.push(code),
      },
    );
    later(() => client.close());
    await client.say("a", { text });
    await side.until(() => told.length === 3);
    expect(told).toMatchObject([
      [{ by: "reflex", state: "heard" }, []],
      [{ by: "reflex", state: "recorded" }, []],
      [
        { by: "model", state: "recorded", text: "I will look." },
        [{ line: expect.stringMatching(/^tc#\w{14}:Ask the sea\|research$/) }],
      ],
    ]);
  });
});
