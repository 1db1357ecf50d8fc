// The fast front: listens first, composes the rooms, answers until it is told to stop.
import { createServer } from "node:http";
import { join } from "node:path";
import { createDoor, harden } from "@kingly/door";
import { openHome } from "@kingly/home";
import { createEventStreams } from "@kingly/link";
import { createWebSocketAcceptor } from "@kingly/link/node";
import { createReflex } from "@kingly/reflex";
import { createIds, createLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { pino } from "pino";
import { isName } from "./check-utterance.ts";
import { openJournal } from "./journal/journal.ts";
import { createMetrics } from "./metrics.ts";
import { createOnLink } from "./on-link.ts";
import { createRoutes } from "./routes/routes.ts";
import { defaultWorkspace } from "./routes/say.ts";
import { openWorkspace } from "./workspace.ts";
import { createWorkspaces } from "./workspaces.ts";

/** Ends the process with the code that says "do not start me again; a person must change something". */
function giveUp(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(78);
}

const opening = openHome(process.env, process.cwd(), "gateway");
if (!opening.ok) giveUp(opening.message);
const { home, token } = opening;

const logger = pino({ base: { app: "gateway" }, level: process.env["KINGLY_LOG"] ?? "info" });
const log = createLog(({ level, message, fields }) => logger[level](fields, message));
const clock = createSystemClock();
const random = createSystemRandom();
const ids = createIds({ clock, random });

const reflex = createReflex();
// The worker opens its file while we listen already: a request that comes first waits for it, nothing else does.
const journal = openJournal({ path: join(home.path, "gateway.db"), nowMs: clock.nowMs() });
journal.catch((thrown: unknown) => giveUp(thrown instanceof Error ? thrown.message : "The journal cannot be opened."));

const workspaces = createWorkspaces(async (id) => {
  const opened = await journal;
  return openWorkspace(
    { clock, random, log: log.child({ workspace: id }), journal: opened, reflex },
    {
      id,
      orchestratorUrl: `ws://127.0.0.1:${home.orchestratorPort}/v1/link`,
      token,
      contents: await opened.contents(),
    },
  );
});

const link = createOnLink({ clock, random, log }, (tookMs) => metrics.heard(tookMs));
const metrics = createMetrics(workspaces, () => link.connections());
const acceptor = createWebSocketAcceptor();
const hosts = [`127.0.0.1:${home.gatewayPort}`, `localhost:${home.gatewayPort}`];
const door = createDoor(
  { log, clock },
  {
    token,
    hosts,
    origins: hosts.map((host) => `http://${host}`),
    routes: createRoutes({
      clock,
      workspaces,
      metrics,
      streams: createEventStreams({ clock, log }),
      pageFolder: join(import.meta.dirname, "../dist/page"),
      makeId: () => ids.next("u"),
      sessionCookie: () => door.sessionCookie(),
    }),
    upgrades: [
      {
        path: "/v1/link",
        accept(request, socket, head, url) {
          const named = url.searchParams.get("workspace") ?? defaultWorkspace;
          const open = isName(named) ? workspaces.open(named) : Promise.resolve(undefined);
          return void open.then(
            (workspace) => {
              if (workspace === undefined) return socket.destroy();
              return acceptor.handleUpgrade(request, socket, head, (peer) => void link.accept(peer, { workspace }));
            },
            () => socket.destroy(),
          );
        },
      },
    ],
  },
);

const server = harden(createServer((request, response) => door.handle(request, response)));
server.on("upgrade", (request, socket, head) => door.upgrade(request, socket, head));
server.on("error", (error) => {
  const busy = "code" in error && error.code === "EADDRINUSE";
  giveUp(
    busy
      ? `Port ${home.gatewayPort} is in use; stop what listens there, or set KINGLY_GATEWAY_PORT to another port.`
      : `The gateway cannot listen on ${hosts[0] ?? ""}: ${error.message}.`,
  );
});

let stopping = false;
const stop = async (why: string): Promise<void> => {
  if (stopping) return;
  stopping = true;
  log.info("stopping", { why });
  server.close();
  link.close();
  await acceptor.close();
  door.close();
  workspaces.close();
  const opened = await journal;
  await opened.close();
  opening.release();
  process.exit(0);
};
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop(signal));
// Whoever started us holds a channel; when it dies, nobody would stop us any more.
process.on("disconnect", () => void stop("the parent is gone"));

server.listen(home.gatewayPort, "127.0.0.1", () => {
  log.info("listening", { host: hosts[0] });
  process.send?.({ ready: true });
  // Opened before anybody asks, so that what waits for the back goes out at once after a restart.
  void workspaces.open(defaultWorkspace);
});
