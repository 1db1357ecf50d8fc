import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ToolCaller } from "@kingly/mcp-batcher";
import type { Socket } from "@kingly/link";
import { createWebSocketAcceptor } from "@kingly/link/node";
import type { StoredEvent } from "@kingly/store";

const http = createServer();
const acceptor = createWebSocketAcceptor();

//#region house
import { formatCommand, formatEvent, parseCommand, parseEvent } from "@kingly/codec";
import { createLinkClient, createLinkServer } from "@kingly/link";
import { connectWebSocket } from "@kingly/link/node";
import { createBatcher } from "@kingly/mcp-batcher";
import { migrateQueue, openQueue } from "@kingly/queue";
import { answer, emptyView } from "@kingly/reflex";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { openDatabase } from "@kingly/sqlite";
import { createStore, migrateStore } from "@kingly/store";
const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };
const cause = (cid: string) => ({ cid, origin: "user" }) as const;

// The back: one file, one writer. A command is taken once, with its event and its job, in one commit.
const database = openDatabase({ path: ":memory:" });
await migrateStore(database);
await migrateQueue(database);
const store = createStore({ database, ...deps });
const queue = await openQueue<{ work: { taskId: string } }>({ database, ...deps });
const tools = createBatcher({ caller: createSlowTools(), ...deps });
await database.write((unit) => store.workspaces.ensure(unit, { id: "home" }));
queue.work({
  async work({ payload: { taskId }, cid }) {
    const done = await tools.add({ server: "builder", tool: "build", args: { taskId }, kind: "write" }); // minutes
    return (unit) => {
      store.tasks.transition(unit, "home", taskId, "running", {}, cause(cid ?? ""));
      store.tasks.transition(unit, "home", taskId, done.status === "ok" ? "completed" : "failed", {}, cause(cid ?? ""));
    };
  },
});
const toLine = ({ seq, cid = "", payload, entityId }: StoredEvent) => {
  const { status = "described", progress = 0 } = payload as { readonly status?: string; readonly progress?: number };
  return { seq, body: { line: formatEvent({ op: "status_update", cid, entity_id: entityId, status, progress }) } };
};
const link = createLinkServer<null>(deps, {
  eventLog: () => ({
    position: () => store.events.position("home") ?? { epoch: "", head: 0, low: 1 },
    read: (after, limit) => store.events.readAfter("home", after, limit).map(toLine),
    subscribe: (follower) => store.events.subscribe("home", follower),
  }),
  async onSay({ id: cid, body, respond }) {
    const command = parseCommand(String(body["line"]));
    if (!command.ok || command.value.op !== "task_create") return respond.error(notHere());
    const { title } = command.value;
    await database.write((unit) => {
      const task = store.tasks.create(unit, { workspaceId: "home", id: `task_${cid}`, title }, cause(cid));
      queue.add(unit, { type: "work", payload: { taskId: task.id }, key: cid, cid });
    });
    respond.reply({ state: "accepted" });
  },
  onAsk: ({ params }) => ({ ok: true, value: store.tasks.search("home", String(params)) }),
});
const url = await listen((socket) => link.accept(socket, null));
// The front: it answers at once, keeps what it says until the back has it, and hears what became of it.
const heard: string[] = [];
const front = createLinkClient(
  { ...deps, connect: (signal) => connectWebSocket(url, { signal }) },
  { startFrom: "start", onEvent: (events) => void heard.push(...events.map(({ body }) => String(body["line"]))) },
);
const { reply, commands } = answer("Create auth system", emptyView); // no wait, no model, no network
for (const [n, command] of commands.entries()) await front.say(`a${n}`, { line: formatCommand(command) });
//#endregion
while (!heard.some((line) => line.includes("completed"))) await new Promise((resolve) => setTimeout(resolve, 5));

assert.equal(reply.text, "I'll create the task “Auth system”.");
const told = heard.map((line) => parseEvent(line)).flatMap((event) => (event.ok ? [event.value] : []));
const states = told.flatMap((event) => (event.op === "status_update" ? [event.status] : []));
assert.deepEqual(states, ["described", "queued", "running", "completed"]);
const found = await front.ask("tasks", "auth");
assert.ok(found.ok && Array.isArray(found.value) && found.value.length === 1);

front.close();
link.close();
await acceptor.close();
http.close();
await queue.close();
await tools.close();
await database.close();
console.log(`house: ${reply.text} ${states.join(", ")}`);

/** Opens the door of the back; here an app checks Host, Origin and token first. */
async function listen(accept: (socket: Socket) => void): Promise<string> {
  http.on("upgrade", (request, socket, head) => acceptor.handleUpgrade(request, socket, head, accept));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

function notHere(): { code: string; message: string; hint: string } {
  return { code: "unknown_command", message: "This house only makes tasks.", hint: "Send a tc line." };
}

/** A tool that takes its time; `openServers` of @kingly/mcp-batcher/servers brings real ones. */
function createSlowTools(): ToolCaller {
  return {
    async callTool({ args }) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { content: [{ type: "text", text: `built ${JSON.stringify(args)}` }], isError: false };
    },
  };
}
