// The fast front: listens first, composes the rooms, answers until it is told to stop.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import { createDoor, harden } from "@kingly/door";
import { openHome } from "@kingly/home";
import { createEventStreams } from "@kingly/link";
import { createHttpSockets, createWebSocketAcceptor } from "@kingly/link/node";
import { createIds, createLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { pino } from "pino";
import { readConfig } from "./config.ts";
import { toRates } from "./config-rates.ts";
import { createLateFrontModel } from "./front-model/late-front-model.ts";
import { createConnectionCaps } from "./limits/connection-caps.ts";
import { createFairIntake } from "./limits/fair-intake.ts";
import { createRateLimits } from "./limits/rate-limits.ts";
import { createTurnBudget } from "./limits/turn-budget.ts";
import { createTurnEnd } from "./limits/turn-end.ts";
import { createPersonOf } from "./people.ts";
import { defaultAskAgainMs } from "./repeat-guard.ts";
import { rehearse } from "./rehearse.ts";
import { createSnapshots } from "./snapshots.ts";
import { openReflex } from "./open-reflex.ts";
import { openJournal } from "./journal/journal.ts";
import { createMetrics } from "./metrics.ts";
import { createJoinLink } from "./join-link.ts";
import { createOnLink } from "./on-link.ts";
import { createRoutes } from "./routes/routes.ts";
import { defaultWorkspace } from "./routes/named-workspace.ts";
import { createLinkUpgrade } from "./routes/upgrade.ts";
import { openWorkspace } from "./workspace.ts";
import { createWorkspaces } from "./workspaces.ts";

// Gives the claim of the home back; nothing is claimed yet.
let release = (): void => {};

/** Ends the process with the code that says "do not start me again; a person must change something". */
function giveUp(message: string): never {
  release();
  process.stderr.write(`${message}\n`);
  process.exit(78);
}

const opening = openHome(process.env, process.cwd(), "gateway");
if (!opening.ok) giveUp(opening.message);
release = () => opening.release();
const { home, token } = opening;

const logger = pino({ base: { app: "gateway" }, level: process.env["KINGLY_LOG"] ?? "info" });
const log = createLog(({ level, message, fields }) => logger[level](fields, message));
const clock = createSystemClock();
const random = createSystemRandom();
const ids = createIds({ clock, random });

const settings = readConfig(home.path, process.cwd());
if (!settings.ok) giveUp(settings.message);
const { people = [], askAgainMs = defaultAskAgainMs } = settings;
const frontModel = settings.frontModel ?? (process.env["KINGLY_MODELS"] === "off" ? "off" : undefined);
const front = createLateFrontModel(frontModel);
const loadFront = (): Promise<void> => front.load({ clock, log, fetch, environment: process.env });
// What is configured is there before the first utterance; what may be found is looked for when people can be heard.
const configuredFront = frontModel === undefined ? undefined : loadFront();

const nextTurn = (run: () => void): void => void setImmediate(run);
const turn = (): Promise<void> => new Promise((resolve) => nextTurn(resolve));
const mind = openReflex({
  log,
  practise: (reflex) => rehearse(reflex, { nowMs: clock.nowMs(), nextTurn: turn }),
});
// The worker opens its file while we listen already: a request that comes first waits for it, nothing else does.
const journal = openJournal({ clock }, { path: join(home.path, "gateway.db"), nowMs: clock.nowMs() }, (error) => {
  // Nothing can be kept any more. All that was acknowledged is on disk: a new start heals, staying would not.
  log.error("the journal is gone", { why: error.message });
  void stop("the journal is gone", 1);
});
journal.catch((thrown: unknown) => giveUp(thrown instanceof Error ? thrown.message : "The journal cannot be opened."));

const workspaces = createWorkspaces(async (id) => {
  const [opened] = await Promise.all([journal, configuredFront]);
  return openWorkspace(
    {
      clock,
      random,
      log: log.child({ workspace: id }),
      journal: opened,
      reflex: mind.reflex,
      frontChannel: front.channel,
    },
    {
      id,
      orchestratorUrl: `ws://127.0.0.1:${home.orchestratorPort}/v1/link`,
      token,
      contents: await opened.contents(),
    },
  );
});

const personOf = createPersonOf(people, defaultWorkspace);
const rates = createRateLimits({ clock }, toRates(settings.limits));
const caps = createConnectionCaps();
const intake = createFairIntake({ clock, nextTurn });
const budget = createTurnBudget({ clock, nextTurn });
const turnEnd = createTurnEnd(nextTurn);
const snapshots = createSnapshots();
const link = createOnLink({ clock, random, log, snapshots, budget, turnEnd }, (tookMs) => metrics.heard(tookMs));
const metrics = createMetrics(workspaces, () => link.connections(), {
  rates,
  budget,
  snapshots,
  frontModel: () => front.state(),
});
const joinLink = createJoinLink({ link, rates, intake, askAgainMs });
const acceptor = createWebSocketAcceptor();
const hosts = [`127.0.0.1:${home.gatewayPort}`, `localhost:${home.gatewayPort}`];
const door = createDoor(
  { log, clock },
  {
    token,
    people,
    hosts,
    origins: hosts.map((host) => `http://${host}`),
    routes: createRoutes({
      clock,
      workspaces,
      metrics,
      streams: createEventStreams({ clock, log }),
      httpSockets: createHttpSockets(randomUUID),
      joinLink,
      pageFolder: join(import.meta.dirname, "../dist/page"),
      frontModel: () => front.state(),
      makeId: () => ids.next("u"),
      personOf,
      rates,
      budget,
      caps,
      snapshots,
      sessionCookie: (who) => door.sessionCookie(who),
    }),
    upgrades: [createLinkUpgrade({ workspaces, acceptor, personOf, rates, caps, joinLink })],
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

const lingerMs = 500;
const maxStopMs = 2500;
let stopping = false;
const stop = async (why: string, exitCode: 0 | 1): Promise<void> => {
  if (stopping) return;
  stopping = true;
  log.info("stopping", { why });
  // A disk that hangs must not hold the process: all that was acknowledged is kept already.
  clock.setTimer(maxStopMs, () => process.exit(1));
  const answered = new Promise<void>((resolve) => server.close(() => resolve()));
  link.close();
  door.close();
  // What was said before the end is still answered; a client that does not read does not hold us.
  await Promise.race([answered, new Promise<void>((resolve) => void clock.setTimer(lingerMs, resolve))]);
  await acceptor.close();
  workspaces.close();
  const opened = await journal;
  await opened
    .close()
    .catch((thrown: unknown) => log.error("the journal could not be closed", { why: String(thrown) }));
  release();
  process.exit(exitCode);
};
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop(signal, 0));
// Whoever started us holds a channel; when it dies, nobody would stop us any more.
process.on("disconnect", () => void stop("the parent is gone", 0));

server.listen(home.gatewayPort, "127.0.0.1", () => {
  log.info("listening", { host: hosts[0] });
  process.send?.({ ready: true });
  void mind.load();
  if (frontModel === undefined) void loadFront();
  // Opened before anybody asks, so that what waits for the back goes out at once after a restart.
  workspaces.open(defaultWorkspace).catch((thrown: unknown) => {
    log.error("the workspace could not be opened; it is tried again when somebody comes", { why: String(thrown) });
  });
});
