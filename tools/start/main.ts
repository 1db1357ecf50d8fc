// Runs Kingly: both apps, watched over; the page, built when stale; one URL. Ends both when it is ended.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLogFile } from "./create-log-file.ts";
import { addressPath, enterHome } from "./enter-home.ts";
import { helpText } from "./help-text.ts";
import { keepPage } from "./keep-page.ts";
import { parseFlags } from "./parse-flags.ts";
import { readReadiness } from "./read-readiness.ts";
import { superviseApp } from "./supervise-app.ts";
import { tellWeakSpots } from "./tell-weak-spots.ts";
import { createTerminal } from "./terminal.ts";
import { isThere, waitForLeaving } from "./wait-for-leaving.ts";
import { watchLauncher } from "./watch-launcher.ts";
import { watchSources } from "./watch-sources.ts";

const root = join(import.meta.dirname, "../..");
const appNames = ["gateway", "orchestrator"] as const;
const leaveWithinMs = 6000;

const terminal = createTerminal(process.stdout, process.stderr, process.env);
// Whoever read our words may have gone; that is no reason to stop.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

function refuse(message: string): never {
  terminal.problem(message);
  process.exit(1);
}

const parsed = parseFlags(process.argv.slice(2));
if (!parsed.ok) refuse(parsed.message);
const { flags } = parsed;
if (flags.help) {
  process.stdout.write(helpText);
  process.exit(0);
}
const entry = enterHome(process.env, process.cwd());
if (!entry.ok) refuse(entry.message);
const { home, token } = entry;
const release = (): void => entry.release();
if (entry.tokenWasOpen) {
  terminal.problem(`Others could read ${home.tokenPath} until now; delete it and start again for a new token.`);
}

const apps = appNames.map((name) =>
  superviseApp({
    name,
    script: join(root, "apps", name, "src/main.ts"),
    env: {
      // Compiled sources are kept between starts; while they change all the time they would only pile up.
      ...(flags.watch ? {} : { NODE_COMPILE_CACHE: join(root, "node_modules/.cache/kingly") }),
      ...process.env,
      KINGLY_HOME: home.path,
    },
    log: createLogFile(join(home.runPath, `${name}.log`), { onFailure: (message) => terminal.problem(message) }),
    terminal,
    onGiveUp: () => void finish(1),
  }),
);
const page = keepPage({ root, runPath: home.runPath, terminal, tellsEach: flags.watch });
const watchers: { close(): void }[] = [page, watchLauncher(process.env, () => void finish(0))];

let finishing = false;
async function finish(code: number): Promise<void> {
  if (finishing) return;
  finishing = true;
  for (const watcher of watchers) watcher.close();
  await Promise.all(apps.map((app) => app.stop()));
  // One that gave up or was killed has left its pid file.
  for (const name of appNames) isThere(home, name);
  rmSync(addressPath(home), { force: true });
  release();
  process.exit(code);
}
process.on("SIGINT", () => {
  if (finishing) {
    for (const app of apps) app.kill();
    process.exit(130);
  }
  terminal.note("Stopping; Ctrl-C again ends everything at once.");
  void finish(0);
});
for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => void finish(0));

terminal.title("Kingly");
terminal.fact("home", home.path);
await waitForLeaving(home, appNames, leaveWithinMs, () => terminal.note("Waiting for the apps of an earlier start."));
if (!finishing) {
  for (const app of apps) app.start();
  if (flags.page) page.renew();
}
if (flags.watch && !finishing) {
  const sources = watchSources({
    root,
    apps: appNames,
    onApps(names) {
      terminal.note(`Changed sources: starting ${names.join(" and ")} again.`);
      for (const app of apps) if (names.includes(app.name)) app.restart();
    },
    onPage: () => flags.page && page.renew(),
    onFailure: (message) => terminal.problem(message),
  });
  watchers.push(sources);
}

await Promise.all(apps.map((app) => app.ready));
// Not before the page: who opens the URL at once shall find it.
const [{ planner }] = await Promise.all([readReadiness(home.orchestratorPort), page.settled()]);
if (!finishing) {
  const address = `http://127.0.0.1:${home.gatewayPort}`;
  writeFileSync(addressPath(home), `${address}\n`, { mode: 0o600 });
  if (planner !== undefined) terminal.fact("planner", planner === "rules" ? "rules, no model needed" : planner);
  terminal.fact("ready in", `${(performance.now() / 1000).toFixed(1)} s; Ctrl-C stops it`);
  terminal.fact("open", `${address}/#token=${encodeURIComponent(token)}`);
  tellWeakSpots(home.orchestratorPort, terminal);
}
