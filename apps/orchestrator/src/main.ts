// The strong back: composes the rooms, listens on loopback, works until it is told to stop.
import { createServer } from "node:http";
import { constants, getPriority, setPriority } from "node:os";
import { join } from "node:path";
import { createDoor, harden } from "@kingly/door";
import { openHome } from "@kingly/home";
import { createWebSocketAcceptor } from "@kingly/link/node";
import { createLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { pino } from "pino";
import { createAcceptCommand } from "./accept-command.ts";
import { createAcceptUpgrade } from "./accept-upgrade.ts";
import { createAnnounceEvents } from "./announce-events.ts";
import { checkReadiness } from "./check-readiness.ts";
import { readConfig } from "./config.ts";
import { openEmbedder } from "./embedder-setting.ts";
import { findBackModels } from "./mind/find-back-models.ts";
import { metricsText } from "./metrics.ts";
import { openBack } from "./open-back.ts";
import { openForesight } from "./predictions/open-foresight.ts";
import { createAnswerQuestion } from "./questions/answer-question.ts";
import { createHearWitness } from "./hear-witness.ts";
import { createServeLink } from "./serve-link.ts";
import { consentRoutes } from "./servers/consent-routes.ts";
import { callbackPath, createConsents } from "./servers/consents.ts";

// Where cores are few the front goes first: work that takes minutes can wait a moment, an answer cannot. Both were
// started with the same priority, whatever that is.
try {
  setPriority(Math.min(constants.priority.PRIORITY_LOW, getPriority() + constants.priority.PRIORITY_BELOW_NORMAL));
} catch {
  // Not allowed here: then both run alike.
}

// Gives the claim of the home back; nothing is claimed yet.
let release = (): void => {};

/** Ends the process with the code that says "do not start me again; a person must change something". */
function giveUp(message: string): never {
  release();
  process.stderr.write(`${message}\n`);
  process.exit(78);
}

const opening = openHome(process.env, process.cwd(), "orchestrator");
if (!opening.ok) giveUp(opening.message);
release = () => opening.release();
const { home, token } = opening;
const reading = readConfig(home.path, process.cwd());
if (!reading.ok) giveUp(reading.message);

const logger = pino({ base: { app: "orchestrator" }, level: process.env["KINGLY_LOG"] ?? "info" });
const log = createLog(({ level, message, fields }) => logger[level](fields, message));
const clock = createSystemClock();
const random = createSystemRandom();

const embedder =
  reading.config.embedder &&
  (await openEmbedder({ clock, log, keyOf: (variable) => process.env[variable] }, reading.config.embedder));

// Within 150 ms, of which a machine without models takes a few.
const isSet = reading.config.backModels !== undefined || reading.config.scriptedModel !== undefined;
const backModels = isSet ? undefined : await findBackModels({ clock, log, fetch }, process.env);
const config = backModels === undefined ? reading.config : { ...reading.config, backModels };

const opened = await openBack(
  { clock, random, log, ...(embedder === undefined ? {} : { embedder }) },
  {
    homePath: home.path,
    databasePath: home.databasePath,
    shippedWorkflows: join(import.meta.dirname, "../../../workflows"),
    config,
    environment: process.env,
    settings: { folders: [home.path, process.cwd()], read: () => readConfig(home.path, process.cwd()) },
    secrets: [token],
    redirectUrl: `http://127.0.0.1:${home.orchestratorPort}${callbackPath}`,
  },
).catch((thrown: unknown) => giveUp(thrown instanceof Error ? thrown.message : "The database could not be opened."));
const { back, servers } = opened;
const foresight = openForesight(back, servers, reading.config.suggestions ?? true);
const readinessDeps = { back, servers, settingsFault: () => opened.settingsFault() };

const announce = createAnnounceEvents({ store: back.store });
const link = createServeLink({
  clock,
  random,
  log,
  announce,
  accept: createAcceptCommand(back),
  answer: createAnswerQuestion(back, readinessDeps),
  witness: createHearWitness(back),
});
const acceptor = createWebSocketAcceptor();
const host = `127.0.0.1:${home.orchestratorPort}`;
const door = createDoor(
  { log, clock },
  {
    token,
    hosts: [host, `localhost:${home.orchestratorPort}`],
    origins: [],
    routes: [
      { method: "GET", path: "/healthz", open: true, handle: () => ({ status: 200, json: { ok: true } }) },
      {
        method: "GET",
        path: "/readyz",
        open: true,
        handle: () => {
          const readiness = checkReadiness(readinessDeps);
          return { status: readiness.ready ? 200 : 503, json: readiness };
        },
      },
      {
        method: "GET",
        path: "/metrics",
        handle: () => metricsText({ back, servers, foresight }, () => link.connections()),
      },
      ...consentRoutes(createConsents({ clock, log, servers }), servers),
    ],
    upgrades: [
      {
        path: "/v1/link",
        accept: createAcceptUpgrade({
          back,
          enter: (request, socket, head, workspaceId) =>
            acceptor.handleUpgrade(request, socket, head, (peer) => {
              const connection = link.accept(peer, { workspaceId });
              socket.once(
                "close",
                foresight.join(workspaceId, (body) => connection.note(body)),
              );
            }),
        }),
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
      ? `Port ${home.orchestratorPort} is in use; stop what listens there, or set KINGLY_ORCHESTRATOR_PORT to another port.`
      : `The orchestrator cannot listen on ${host}: ${error.message}.`,
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
  foresight.close();
  await opened.close();
  release();
  // Whatever still holds the loop (a child that ignores its end) must not hold the process.
  process.exit(0);
};
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop(signal));
// Whoever started us holds a channel; when it dies, nobody would stop us any more.
process.on("disconnect", () => void stop("the parent is gone"));

server.listen(home.orchestratorPort, "127.0.0.1", () => {
  log.info("listening", { host });
  process.send?.({ ready: true });
  opened.work();
  // Started before they are needed; one that does not come is told by /readyz and stops only its own calls.
  void servers.start().then(() => opened.warmUp());
});
