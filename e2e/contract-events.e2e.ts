import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHouse, readLog, until } from "./house.ts";
import type { House } from "./house.ts";
import { knock, openLink, openStream, post } from "./stranger.ts";
import type { Link, Message, Stream } from "./stranger.ts";

const rowsOf = (stream: Stream): readonly Message[] => stream.messages.filter((message) => message.event === undefined);
const seqsOf = (stream: Stream): readonly number[] => rowsOf(stream).map(({ id = "" }) => Number(id.split(":")[1]));
const upTo = (head: number, from = 1): readonly number[] => Array.from({ length: head - from + 1 }, (_, n) => from + n);
const frame = (link: Link, t: string, with_: Record<string, unknown> = {}): Promise<Record<string, unknown>> =>
  until(`a frame ${t}`, () =>
    link.frames.find((one) => one["t"] === t && Object.entries(with_).every(([name, value]) => one[name] === value)),
  );
const seqsOfFrames = (link: Link): readonly unknown[] =>
  link.frames.flatMap((one) => {
    if (one["t"] === "event") return [one["seq"]];
    return one["t"] === "events" ? (one["events"] as { seq: number }[]).map(({ seq }) => seq) : [];
  });

describe("the outside contract over streams", () => {
  let house: House;
  let said = 0;

  /** Waits until each task that was said is ready, the last of its rows; returns the head. */
  const allRows = (): Promise<number> =>
    until("all rows", async () => {
      const rows = await readLog(house);
      return rows.filter(({ line }) => line.startsWith("tr#")).length >= said ? rows.at(-1)?.seq : undefined;
    });
  const makeRows = async (): Promise<number> => {
    said += 1;
    await post(house, { text: `Create page number ${said}`, id: `row-${said}` });
    return allRows();
  };

  beforeAll(async () => {
    house = await openHouse();
    await Promise.all([house.start("orchestrator"), house.start("gateway")]);
    await until("readiness", async () => (await knock(house, "/readyz")).status === 200 || undefined);
    await makeRows();
  });
  afterAll(() => house.close());

  test("[G8] a stream says hello first, then every row once with its id, from where the caller wants", async () => {
    const head = await makeRows();
    const all = await openStream(house, "?after=0");
    await until("all rows", () => rowsOf(all).length >= head || undefined);
    const [hello, ...rows] = all.messages;
    const epoch = hello?.data.epoch ?? "";
    expect(hello).toEqual({ event: "hello", data: { epoch: expect.stringMatching(/^[\w.-]+$/), head, low: 1 } });
    expect(rows.map(({ id }) => id)).toEqual(upTo(head).map((seq) => `${epoch}:${seq}`));
    for (const { data } of rows) expect([typeof data.line, typeof data.at]).toEqual(["string", "number"]);

    const middle = Math.floor(head / 2);
    const rest = await openStream(house, `?after=${epoch}:${middle}`);
    const wins = await openStream(house, "?after=0", { "last-event-id": `${epoch}:${head - 1}` });
    const now = await openStream(house);
    const foreign = await openStream(house, "?after=other:3");
    const garbage = await openStream(house, "?after=%00%0d%0aevent:x");
    const ahead = await openStream(house, `?after=${epoch}:${head + 1000}`);
    const newHead = await makeRows();
    for (const stream of [rest, wins, now, foreign, garbage, ahead])
      await until("the newest row", () => seqsOf(stream).includes(newHead) || undefined);
    expect(seqsOf(all)).toEqual(upTo(newHead));
    expect(seqsOf(rest)).toEqual(upTo(newHead, middle + 1));
    expect(seqsOf(wins)).toEqual(upTo(newHead, head));
    expect(seqsOf(now)).toEqual(upTo(newHead, head + 1));
    for (const stream of [foreign, garbage, ahead]) {
      expect(stream.messages.slice(0, 2).map(({ event }) => event)).toEqual(["hello", "resync"]);
      expect(stream.messages[1]?.data).toEqual({ epoch, head, low: 1 });
      expect(seqsOf(stream)).toEqual(upTo(newHead, head + 1));
    }
    for (const stream of [all, rest, wins, now, foreign, garbage, ahead]) stream.close();
  });

  test("[G1][G5] the link: hello, say with reply heard then recorded, states, events, ack, ask, ping", async () => {
    const link = await openLink(house);
    link.send({ t: "hello", after: null });
    const hello = await frame(link, "hello");
    expect(Object.keys(hello)).toEqual(["t", "epoch", "head", "low"]);
    link.send({ t: "say", id: "link-1", text: "Create a page over the link" });
    link.send({ t: "ping" });
    link.send({ t: "ask", id: "q1", question: "tasks", params: { limit: 1 } });
    link.send({ t: "ask", id: "q2", question: "rows", params: { after: 0 } });
    link.send({ t: "ask", id: "q3", question: "__proto__" });
    await frame(link, "state", { id: "link-1", state: "accepted" });
    const replies = link.frames.filter((one) => one["t"] === "reply");
    expect(replies.map((one) => (one["reply"] as { state: string }).state)).toEqual(["heard", "recorded"]);
    expect(replies[0]).toEqual({ ...replies[1], reply: { ...(replies[1]?.["reply"] as object), state: "heard" } });
    await frame(link, "pong");
    expect(await frame(link, "answer", { id: "q1" })).toMatchObject({ value: { items: [{}] } });
    expect(await frame(link, "answer", { id: "q2" })).toMatchObject({ error: { code: "unknown_question" } });
    expect(await frame(link, "answer", { id: "q3" })).toMatchObject({ error: { code: "unknown_question" } });
    said += 1;
    const head = await allRows();
    await until("the events", () => seqsOfFrames(link).includes(head) || undefined);
    expect(seqsOfFrames(link)).toEqual(upTo(head, Number(hello["head"]) + 1));
    link.send({ t: "ack", seq: head });

    // The same again: the same reply and the state it has come to; another text: refused by name.
    link.send({ t: "say", id: "link-1", text: "Create a page over the link" });
    await until("the same replies", () => link.frames.filter((one) => one["t"] === "reply").length === 4 || undefined);
    expect(link.frames.filter((one) => one["t"] === "reply").slice(2)).toEqual(replies);
    link.send({ t: "say", id: "link-1", text: "Another text" });
    expect(await frame(link, "error", { id: "link-1" })).toMatchObject({ code: "id_reused", hint: expect.any(String) });
    link.send({ t: "say", id: "link-2", text: "" });
    expect(await frame(link, "error", { id: "link-2" })).toMatchObject({ code: "invalid_utterance" });
    link.send({ t: "say", id: "link-3" });
    expect(await frame(link, "error", { id: "link-3" })).toMatchObject({ code: "invalid_utterance" });
    link.send("{garbage");
    expect(await frame(link, "error", { code: "malformed_json" })).toMatchObject({ message: expect.any(String) });
    link.send({ t: "dance" });
    await frame(link, "error", { code: "unknown_frame" });
    link.send('{"t":"say","id":"x","__proto__":{}}');
    await frame(link, "error", { code: "forbidden_key" });
    link.send({ t: "ping", fill: "x".repeat(70_000) });
    expect(await link.closed).toBe(1009);

    const resumed = await openLink(house);
    resumed.send({ t: "hello", after: `${String(hello["epoch"])}:${head - 2}` });
    await until("the rest", () => seqsOfFrames(resumed).length === 2 || undefined);
    expect(seqsOfFrames(resumed)).toEqual([head - 1, head]);
    const stranger = await openLink(house);
    stranger.send({ t: "hello", after: "other:1" });
    expect(await frame(stranger, "resync")).toMatchObject({ epoch: hello["epoch"], head });
    const silent = await openLink(house);
    silent.send({ t: "say", id: "x", text: "before hello" });
    expect(await frame(silent, "error")).toMatchObject({ code: "hello_expected" });
    expect(await silent.closed).toBe(1002);
    resumed.close();
    stranger.close();
  });

  test("[G5] the link is refused at the upgrade: without token, from a foreign page, with a cookie from nowhere", async () => {
    const traded = await knock(house, "/v1/session", { method: "POST" });
    const cookie = traded.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    const refused = async (options: Parameters<typeof openLink>[1]): Promise<string> =>
      openLink(house, options).then(
        () => "open",
        (thrown: unknown) => String(thrown),
      );
    expect(await refused({ bearer: false })).toContain("401");
    expect(await refused({ headers: { authorization: "Bearer wrong" }, bearer: false })).toContain("401");
    expect(await refused({ headers: { origin: "http://evil.example" } })).toContain("403");
    expect(await refused({ headers: { host: "evil.example" } })).toContain("403");
    expect(await refused({ bearer: false, headers: { cookie } })).toContain("403");
    expect(await refused({ bearer: false, headers: { cookie, origin: "null" } })).toContain("403");
    expect(await refused({ query: "?workspace=a%20b" })).toContain("400");
    const own = await openLink(house, { bearer: false, headers: { cookie, origin: house.url } });
    own.send({ t: "hello", after: null });
    await frame(own, "hello");
    own.close();
  });

  test("[G8][G9] streams go on where they were after the gateway, and after both, were killed", async () => {
    const head = await makeRows();
    const before = await openStream(house);
    const { epoch } = await until("hello", () => before.messages[0]?.data);
    const board = await knock(house, "/v1/board");
    await house.kill("gateway");
    await house.start("gateway");
    expect(JSON.parse((await knock(house, "/v1/board")).body)).toEqual(JSON.parse(board.body));
    const after = await openStream(house, "", { "last-event-id": `${epoch}:${head - 3}` });
    await until("the rest", () => seqsOf(after).length === 3 || undefined);
    expect(seqsOf(after)).toEqual(upTo(head, head - 2));
    await Promise.all([house.kill("gateway"), house.kill("orchestrator")]);
    await house.start("gateway");
    const alone = await openStream(house, "?after=0");
    await until("all, with the back away", () => seqsOf(alone).length === head || undefined);
    await house.start("orchestrator");
    await until("readiness", async () => (await knock(house, "/readyz")).status === 200 || undefined);
    const newHead = await makeRows();
    await until("the new rows", () => seqsOf(alone).includes(newHead) || undefined);
    expect(seqsOf(alone)).toEqual(upTo(newHead));
    expect(alone.messages.some(({ event }) => event === "resync")).toBe(false);
  });

  test("[G6][G7][G10][G14] with the orchestrator killed all is answered and kept, and takes effect once when it is back", async () => {
    await makeRows();
    await house.kill("orchestrator");
    await until("it is noticed", async () => (await knock(house, "/readyz")).status === 503 || undefined);
    const { checks } = JSON.parse((await knock(house, "/readyz")).body) as {
      checks: { name: string; ok: boolean; why?: string }[];
    };
    expect(checks.find(({ name }) => name === "link")).toMatchObject({
      ok: false,
      why: expect.stringContaining("orchestrator"),
    });
    for (const path of ["/v1/tasks", "/v1/memory?q=x", "/v1/workflows"])
      expect(await house.json(path)).toMatchObject({ stale: true, next: null });
    for (const path of ["/v1/projects", "/v1/workspaces", "/v1/jobs", "/v1/tasks?asOf=5", "/v1/memory?believedAt=5"]) {
      const { status, code } = await knock(house, path);
      expect([path, status, code]).toEqual([path, 503, "orchestrator_away"]);
    }
    const ids = Array.from({ length: 10 }, (_, n) => `away-${n}`);
    const answers = await Promise.all(ids.map((id) => post(house, { text: `Create a page called ${id}`, id })));
    expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200));
    // The gateway dies too: what it acknowledged goes on its way without anybody asking.
    await house.kill("gateway");
    await Promise.all([house.start("gateway"), house.start("orchestrator")]);
    const again = await Promise.all(ids.map((id) => post(house, { text: `Create a page called ${id}`, id })));
    expect(again.map(({ body }) => body)).toEqual(answers.map(({ body }) => body));
    const cids = answers.map(
      ({ body }) => (JSON.parse(body) as { commands: { cid: string }[] }).commands[0]?.cid ?? "",
    );
    await until("all tasks are ready", async () => {
      const rows = await readLog(house);
      return cids.every((cid) => rows.some((row) => row.cid === cid && row.line.startsWith("tr#"))) || undefined;
    });
    const rows = await readLog(house);
    expect(rows.map(({ seq }) => seq)).toEqual(upTo(rows.length));
    for (const [n, cid] of cids.entries()) {
      expect(rows.filter(({ line }) => line.startsWith(`su#${cid}:task_${cid}|queued`))).toHaveLength(1);
      expect(rows.filter(({ line }) => line.includes(`:away-${n}|Create`))).toHaveLength(1);
    }
    const { items } = await house.json<{ items: { title: string }[] }>("/v1/tasks?limit=200");
    expect(new Set(items.map(({ title }) => title)).size).toBe(items.length);
  });
});
