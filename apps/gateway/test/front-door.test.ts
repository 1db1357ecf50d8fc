import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { connectWebSocket } from "@kingly/link/node";
import { deriveCid } from "../src/derive-cid.ts";
import { houseToken, openDoorHouse, tokenOf } from "./door-house.ts";
import { startFakeOrchestrator } from "./fake-orchestrator.ts";
import { until } from "./house.ts";
import { createManualClock } from "@kingly/runtime/testing";

const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { error: { code: string } }).error.code;
const stopped = { perSecond: 0.001, burst: 1 };

describe.each(["WebSocket", "HTTP"] as const)("links over %s", (way) => {
  const openFront: typeof openDoorHouse = (fake, options) => openDoorHouse(fake, { way, ...options });

  describe("how often", () => {
    test("[G44] over HTTP what is too often is 429 with the time, for whoever it is, and nobody else waits", async () => {
      const clock = createManualClock();
      const limits = { person: { say: stopped, ask: stopped } };
      const house = await openFront(await startFakeOrchestrator(), { limits, clock });
      expect((await house.say(tokenOf("ann"), "Create page one")).status).toBe(200);
      const refused = await house.say(tokenOf("ann"), "Create page two");
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1000"]);
      expect(await codeOf(refused)).toBe("rate_limited");
      // Kinds and people are separate.
      expect((await house.fetch(tokenOf("ann"), "/v1/board")).status).toBe(200);
      expect((await house.fetch(tokenOf("ann"), "/v1/board")).status).toBe(429);
      expect((await house.say(tokenOf("bob"), "Create page three")).status).toBe(200);
      clock.advance(1_000_000);
      expect((await house.say(tokenOf("ann"), "Create page two")).status).toBe(200);
      const metrics = await (await house.fetch(houseToken, "/metrics")).text();
      expect(metrics).toMatch(/^kingly_rate_limited_count\{kind="say"\} 1$/m);
    });

    test("[G44][G1] over a link it is refused at once with a time, and said again by the client it is heard", async () => {
      const limits = { connection: { say: { perSecond: 20, burst: 2 }, ask: stopped } };
      const house = await openFront(await startFakeOrchestrator(), { limits });
      const tab = await house.tab(tokenOf("ann"));
      for (let n = 0; n < 6; n += 1) await tab.client.say(`u${n}`, { text: `Create page ${n}` });
      await until(() => tab.replies.filter(({ state }) => state === "recorded").length === 6);
      expect(tab.refused).toEqual([]);
      expect(await tab.client.ask("board", {})).toMatchObject({ ok: true });
      expect(await tab.client.ask("board", {})).toMatchObject({
        ok: false,
        error: { code: "rate_limited", retryAfterMs: expect.any(Number) },
      });
      const { replies } = await house.tab(tokenOf("ann"));
      expect(replies).toEqual([]);
    });

    test("[G70] what is turned away leaves no trace and is told when to come again; what is done by hand is taken", async () => {
      let open = false;
      let refused = 0;
      const admit = (): boolean => open || ((refused += 1), false);
      const house = await openFront(await startFakeOrchestrator(), { budget: { admit, refused: () => refused } });
      const answer = await house.say(tokenOf("ann"), "Create page one", { id: "u1" });
      expect([answer.status, answer.headers.get("retry-after"), await codeOf(answer)]).toEqual([503, "1", "busy"]);
      expect((await house.say(tokenOf("ann"), "stop it", { id: "u2", command: "ca:task_1" })).status).toBe(200);
      const tab = await house.tab(tokenOf("ann"));
      await tab.client.say("u3", { text: "Create page three" });
      await until(() => refused === 2);
      expect([tab.replies, tab.refused]).toEqual([[], []]);
      open = true;
      // Said again by the client itself, when it was told to.
      await until(() => tab.replies.length === 2);
      expect((await house.say(tokenOf("ann"), "Another text under that id", { id: "u1" })).status).toBe(200);
      const metrics = await (await house.fetch(houseToken, "/metrics")).text();
      expect(metrics).toMatch(/^kingly_overload_refused_count 2$/m);
    });

    test("[G45] one link too many is refused as 429, for links and streams together, until one is closed", async () => {
      const house = await openFront(await startFakeOrchestrator(), { caps: { total: 9, owner: 2, person: 1 } });
      const tab = await house.tab(tokenOf("ann"));
      const stream = await house.fetch(tokenOf("ann"), "/v1/events");
      expect([stream.status, stream.headers.get("retry-after")]).toEqual([429, "5"]);
      const headers = { authorization: `Bearer ${tokenOf("ann")}` };
      const url = `${house.url.replace("http", "ws")}/v1/link`;
      await expect(connectWebSocket(url, { headers, signal: AbortSignal.timeout(5000) })).rejects.toThrow(
        /CONNECT_FAILED|429|403|refused/,
      );
      await house.tab(tokenOf("bob"));
      tab.client.close();
      await house.tab(tokenOf("ann"));
    });
  });

  describe("people", () => {
    test("[G24] a person enters their workspaces and no other, and is told the same of one that does not exist", async () => {
      const fake = await startFakeOrchestrator();
      const house = await openFront(fake);
      const enter = async (token: string, workspace: string): Promise<unknown> => {
        const response = await house.fetch(token, `/v1/board?workspace=${workspace}`);
        return response.status === 200 ? 200 : [response.status, await codeOf(response)];
      };
      const no = [403, "workspace_refused"];
      expect(await enter(tokenOf("ann"), "default")).toBe(200);
      expect([await enter(tokenOf("ann"), "team"), await enter(tokenOf("ann"), "nothing")]).toEqual([no, no]);
      expect([await enter(tokenOf("bob"), "team"), await enter(houseToken, "team")]).toEqual([200, 200]);
      expect((await house.fetch("another-token-entirely", "/v1/board")).status).toBe(401);
      expect(await codeOf(await house.say(tokenOf("ann"), "Create a page", { workspace: "team" }))).toBe(
        "workspace_refused",
      );
      for (const path of ["/v1/tasks?workspace=team", "/v1/events?workspace=team"]) {
        expect(await codeOf(await house.fetch(tokenOf("ann"), path))).toBe("workspace_refused");
      }
      expect(await codeOf(await house.fetch(tokenOf("ann"), "/metrics"))).toBe("owner_only");
      const headers = { authorization: `Bearer ${tokenOf("ann")}` };
      const url = `${house.url.replace("http", "ws")}/v1/link?workspace=team`;
      await expect(connectWebSocket(url, { headers, signal: AbortSignal.timeout(5000) })).rejects.toThrow(
        /CONNECT_FAILED|429|403|refused/,
      );

      const items = ["default", "team", "secret"].map((id) => ({ id }));
      fake.onAsk = (question) =>
        question === "workspaces" ? { ok: true, value: { items, next: null } } : { ok: true, value: [] };
      const listed = async (token: string): Promise<unknown> => (await house.fetch(token, "/v1/workspaces")).json();
      await until(() => fake.opened() >= 2);
      expect(await listed(tokenOf("ann"))).toEqual({ items: [{ id: "default" }], next: null });
      expect(await listed(tokenOf("bob"))).toEqual({ items: [{ id: "default" }, { id: "team" }], next: null });
      expect(await listed(houseToken)).toEqual({ items, next: null });
      const tab = await house.tab(tokenOf("ann"));
      expect(await tab.client.ask("workspaces", {})).toEqual({
        ok: true,
        value: { items: [{ id: "default" }], next: null },
      });
    });

    test("[G24][G30] two people in one workspace see what each says, and a yes answers only one's own question", async () => {
      const fake = await startFakeOrchestrator();
      const house = await openFront(fake);
      const [ann, bob] = [await house.tab(tokenOf("ann")), await house.tab(tokenOf("bob"))];
      await ann.client.say("a1", { text: "Create a login page" });
      await ann.client.say("a2", { text: "Create a login page" });
      await until(() => ann.replies.filter(({ state }) => state !== "heard").length === 2);
      expect(ann.replies.at(-1)?.text).toMatch(/^You asked for that \d+ s ago\. Again\?$/);
      await bob.client.say("b1", { text: "yes" });
      await until(() => bob.replies.some(({ state }) => state !== "heard"));
      await until(() => fake.effects.size === 4);
      const lines = (): string[] => [...fake.effects.values()].map((body) => (body as { line: string }).line);
      expect(lines().filter((line) => line.startsWith("tc#"))).toHaveLength(1);
      await ann.client.say("a3", { text: "yes" });
      await until(() => lines().filter((line) => line.startsWith("tc#")).length === 2);
      expect(fake.effects.has(deriveCid("default", "ann", "a3", 1))).toBe(true);
      expect(fake.effects.has(deriveCid("default", "bob", "b1", 0))).toBe(true);
    });

    test("[G15][G24] two tabs of one person see the same turns, states and replies, also to what the other said", async () => {
      const fake = await startFakeOrchestrator();
      const house = await openFront(fake);
      const [one, two] = [await house.tab(houseToken), await house.tab(houseToken)];
      await one.client.say("u1", { text: "Create a login page" });
      await until(() => one.replies.some(({ state }) => state === "recorded"));
      const cid = deriveCid("default", "owner", "u1", 1);
      fake.tell(
        `su#${cid}:task_${cid}|queued|0`,
        "ut:u1|Create a login page",
        "rp:u1|I have it.|orchestrator|accepted",
        `su#${cid}:task_${cid}|running|0.5`,
      );
      await until(() => one.lines.length === 4 && two.lines.length === 4);
      expect(two.lines).toEqual(one.lines);
      await until(() => one.states.length === 2);
      expect(one.states).toEqual(["u1 accepted", "u1 running"]);
      // The other tab said it again under its id: the same reply, and it follows the turn from then on.
      await two.client.say("u1", { text: "Create a login page" });
      await until(() => two.replies.length === 2);
      expect(two.replies).toEqual(one.replies);
      const boards = await Promise.all([one, two].map((tab) => tab.client.ask("board", {})));
      expect(boards[0]).toEqual(boards[1]);
      fake.tell(`su#other:task_${cid}|cancelled`);
      await until(() => one.states.length === 3 && two.states.at(-1) === "u1 cancelled");
      expect(one.states.at(-1)).toBe("u1 cancelled");
      const board = (await one.client.ask("board", {})) as { value: { turns: unknown[] } };
      expect(board.value.turns).toMatchObject([{ utteranceId: "u1", state: "cancelled" }]);
    });
  });

  describe("what a link is told", () => {
    test("[G28] that the back is there, at its beginning, and at once when it goes and when it comes", async () => {
      const fake = await startFakeOrchestrator();
      const house = await openFront(fake);
      await (await house.fetch(houseToken, "/v1/board")).json();
      const tab = await house.tab(houseToken);
      await until(() => JSON.stringify(tab.notes.at(-1)) === '{"back":"there"}');
      await fake.stop();
      await until(() => JSON.stringify(tab.notes.at(-1)) === '{"back":"away"}');
      await fake.start();
      await until(() => JSON.stringify(tab.notes.at(-1)) === '{"back":"there"}');
      const late = await house.tab(houseToken);
      await until(() => late.notes.length === 1);
      expect(late.notes).toEqual([{ back: "there" }]);
    });

    test("[G85] what is suggested is told to every page of the person whose turn it was, late ones too, and to nobody else's", async () => {
      const fake = await startFakeOrchestrator();
      const house = await openFront(fake);
      const [one, two, bob] = [
        await house.tab(tokenOf("ann")),
        await house.tab(tokenOf("ann")),
        await house.tab(tokenOf("bob")),
      ];
      await one.client.say("u1", { text: "Create page one" });
      await bob.client.say("u2", { text: "Create page two" });
      await until(() => fake.arrived.length === 4);
      const suggest = { turn: "u1", items: [{ say: "show my tasks", why: "The last 2 times" }] };
      fake.note({ suggest });
      await until(() => [one, two].every(({ notes }) => JSON.stringify(notes.at(-1)).includes("show my tasks")));
      expect(two.notes.at(-1)).toEqual({ back: "there", suggest });
      const late = await house.tab(tokenOf("ann"));
      await until(() => late.notes.length === 1);
      expect(late.notes).toEqual([{ back: "there", suggest }]);
      expect(JSON.stringify(bob.notes)).not.toContain("suggest");
      await two.client.say("u3", { text: "Create page three" });
      const later = await house.tab(tokenOf("ann"));
      await until(() => later.notes.length === 1);
      expect(later.notes).toEqual([{ back: "there" }]);
    });

    test("[G26] a draft is understood and leaves no trace: no row, no command, no dialogue", async () => {
      const fake = await startFakeOrchestrator();
      const limits = { connection: { draft: { perSecond: 0.001, burst: 4 } } };
      const house = await openFront(fake, { limits });
      const tab = await house.tab(houseToken);
      const draft = async (text: unknown): Promise<unknown> => {
        const answer = await tab.client.ask("draft", { text });
        return answer.ok ? answer.value : answer.error.code;
      };
      expect(await draft("Create a login page")).toMatchObject({
        intent: "task_create",
        preview: expect.stringContaining("Login page"),
        commands: ["task_create"],
        passedOn: false,
      });
      expect(await draft("Why is the sea salty after all these years")).toMatchObject({ commands: [], passedOn: true });
      expect([await draft("x".repeat(401)), await draft(5)]).toEqual(["invalid_draft", "invalid_draft"]);
      expect(await draft("Create a page")).toBe("rate_limited");
      // Had a dialogue known of it, "undo" would have something to undo.
      await tab.client.say("u1", { text: "undo" });
      await until(() => tab.replies.some(({ state }) => state !== "heard"));
      await until(() => fake.effects.size === 1);
      expect([fake.effects.size, tab.replies.at(-1)?.text]).toEqual([1, expect.stringContaining("nothing")]);
    });
  });

  describe("double texting", () => {
    test("[G27] other requests run at once; the same again is asked back over a link, and not over HTTP", async () => {
      const fake = await startFakeOrchestrator();
      const house = await openFront(fake);
      const tab = await house.tab(houseToken);
      const texts = ["Create a login page", "Create a help page", "create a  login page"];
      for (const [n, text] of texts.entries()) await tab.client.say(`u${n}`, { text });
      await until(() => tab.replies.filter(({ state }) => state !== "heard").length === 3);
      expect(tab.replies.filter(({ text }) => text.includes("Again?")).map(({ id }) => id)).toEqual(["u2", "u2"]);
      const other = await house.tab(houseToken);
      await other.client.say("v0", { text: "Create a login page" });
      await until(() => other.replies.length === 2);
      expect(other.replies[0]?.text).not.toContain("Again?");
      for (let n = 0; n < 2; n += 1) {
        const { commands } = (await (await house.say(houseToken, "Create a login page")).json()) as {
          commands: unknown[];
        };
        expect(commands).toHaveLength(1);
      }
    });

    test("[G27] with askAgainMs 0 nothing is asked back", async () => {
      const house = await openFront(await startFakeOrchestrator(), { askAgainMs: 0 });
      const tab = await house.tab(houseToken);
      for (let n = 0; n < 3; n += 1) await tab.client.say(`u${n}`, { text: "Create a login page" });
      await until(() => tab.replies.length === 6);
      expect(tab.replies.filter(({ text }) => text.includes("Again?"))).toEqual([]);
    });

    test("[G27] cancel, said while something is at work, is sent behind it and ends it", async () => {
      const fake = await startFakeOrchestrator();
      const house = await openFront(fake);
      const tab = await house.tab(houseToken);
      await tab.client.say("u1", { text: "Create a login page" });
      await until(() => tab.replies.some(({ state }) => state === "recorded"));
      const cid = deriveCid("default", "owner", "u1", 1);
      fake.tell(`ta#${cid}:task_${cid}|Login page`, `su#${cid}:task_${cid}|running|0.1`);
      await until(() => tab.states.includes("u1 running"));
      await tab.client.say("u2", { text: "cancel the login page" });
      await until(() => tab.replies.some(({ id }) => id === "u2"));
      // What cannot be taken back is proposed first.
      await tab.client.say("u3", { text: "yes" });
      const line = (): string | undefined =>
        [...fake.effects.values()].map((body) => (body as { line: string }).line).find((one) => one.startsWith("ca#"));
      await until(() => line() !== undefined);
      expect(line()).toContain(`task_${cid}`);
      fake.tell(`su#${/#(\w+)/.exec(line() ?? "")?.[1]}:task_${cid}|cancelled`);
      await until(() => tab.states.includes("u1 cancelled"));
    });
  });
});

describe("the link over plain HTTP", () => {
  test.each(["stream", "events"])(
    "[G45][G63] who leaves while /v1/%s opens a workspace keeps no place",
    async (path) => {
      const caps = { total: 2, owner: 2, person: 1 };
      const house = await openDoorHouse(await startFakeOrchestrator(), { caps });
      const { port, host } = new URL(house.url);
      for (let n = 0; n < 4; n += 1) {
        const socket = connect(Number(port), "127.0.0.1");
        const lines = [
          `GET /v1/${path}?workspace=new${n} HTTP/1.1`,
          `Host: ${host}`,
          `Authorization: Bearer ${houseToken}`,
        ];
        socket.write(`${lines.join("\r\n")}\r\n\r\n`, () => socket.resetAndDestroy());
        await once(socket, "close");
        // Whoever asks for the same workspace is answered after that one was.
        expect((await house.fetch(houseToken, `/v1/board?workspace=new${n}`)).status).toBe(200);
      }
      const again = await house.fetch(houseToken, `/v1/${path}`);
      expect(again.status).toBe(200);
      await again.body?.cancel();
    },
  );

  test("[G63] a stream is refused as a link is, and only who opened it may post to it", async () => {
    const house = await openDoorHouse(await startFakeOrchestrator(), { caps: { total: 9, owner: 1, person: 1 } });
    expect(await codeOf(await house.fetch(tokenOf("ann"), "/v1/stream?workspace=team"))).toBe("workspace_refused");
    const response = await house.fetch(tokenOf("ann"), "/v1/stream");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(await codeOf(await house.fetch(tokenOf("ann"), "/v1/stream"))).toBe("too_many_connections");
    const id = /data: (\S+)/.exec((await reader?.read())?.value ?? "")?.[1] ?? "";
    expect(id.length).toBeGreaterThan(20);
    const post = async (token: string, socket: string, body = '{"t":"hello","after":null}'): Promise<unknown> => {
      const answer = await house.fetch(token, `/v1/stream/${socket}`, { method: "POST", body });
      return answer.status === 204 ? 204 : [answer.status, await codeOf(answer)];
    };
    expect(await post(tokenOf("bob"), id)).toEqual([404, "unknown_stream"]);
    expect(await post(tokenOf("ann"), "another")).toEqual([404, "unknown_stream"]);
    expect(await post("no token at all", id)).toEqual([401, expect.any(String)]);
    const nested = `{"t":"say","id":"a","b":${"[".repeat(40)}${"]".repeat(40)}}`;
    const keys = JSON.stringify({ t: "say", b: Array.from({ length: 1_100 }, () => ({ a: 1 })) });
    const forbidden = '{"t":"say","id":"a","__proto__":{"x":1}}';
    for (const body of [nested, keys, forbidden, "{"]) {
      expect(await post(tokenOf("ann"), id, body)).toEqual([400, "malformed_json"]);
    }
    expect(await post(tokenOf("ann"), id, `{"t":"say","text":"${"x".repeat(65_536)}"}`)).toEqual([413, "too_large"]);
    expect(await post(tokenOf("ann"), id)).toBe(204);
    expect((await reader?.read())?.value).toContain('"t":"hello"');
    const elsewhere = await fetch(`${house.url}/v1/stream/${id}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${tokenOf("ann")}`,
        "content-type": "application/json",
        origin: "http://elsewhere",
      },
      body: "{}",
    });
    expect(elsewhere.status).toBe(403);
    await reader?.cancel();
    while ((await post(tokenOf("ann"), id)) === 204);
    expect((await house.fetch(tokenOf("ann"), "/v1/events")).status).toBe(200);
  });
});
