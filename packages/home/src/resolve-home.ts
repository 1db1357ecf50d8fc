import { join, resolve } from "node:path";

/** The settings that come in: `process.env` of an app, or an object of a test. An empty value counts as not set. [H1] */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One setting that cannot be used. The home holds the default in its place. */
export interface HomeProblem {
  readonly code: "bad_path" | "host_not_loopback" | "bad_port" | "ports_equal" | "unsupported_database";
  /** The variable that is wrong, e.g. `KINGLY_GATEWAY_PORT`. */
  readonly setting: string;
  /** One sentence: what is wrong and what to do. Never holds a database address, which may carry a password. */
  readonly message: string;
}

/** Where a Kingly lives. Every path is absolute; ports are 1 to 65,535. */
export interface Home {
  readonly path: string;
  readonly runPath: string;
  readonly tokenPath: string;
  readonly databasePath: string;
  readonly gatewayPort: number;
  readonly orchestratorPort: number;
  /** Settings that cannot be used, in the order they were read; empty when all is well. */
  readonly problems: readonly HomeProblem[];
}

/** Reads where a Kingly lives from its settings; touches no disk and never throws. [H1][H2][H3][H4][H17]
 *
 * `KINGLY_HOME` (default `<cwd>/.kingly`), `KINGLY_GATEWAY_PORT` (7700), `KINGLY_ORCHESTRATOR_PORT` (7701),
 * `KINGLY_DATABASE` (default `kingly.db` in the home), `KINGLY_HOST` (nothing but 127.0.0.1). Relative paths start at `cwd`. */
export function resolveHome(env: Environment, cwd: string): Home {
  const problems: HomeProblem[] = [];
  const path = readPath(env, "KINGLY_HOME", cwd, problems) ?? resolve(cwd, ".kingly");
  checkHost(env, problems);
  const gatewayPort = readPort(env, "KINGLY_GATEWAY_PORT", 7700, problems);
  const orchestratorPort = readPort(env, "KINGLY_ORCHESTRATOR_PORT", 7701, problems);
  if (gatewayPort === orchestratorPort) {
    problems.push({
      code: "ports_equal",
      setting: "KINGLY_ORCHESTRATOR_PORT",
      message: `Gateway and orchestrator both have port ${gatewayPort}; set KINGLY_GATEWAY_PORT or KINGLY_ORCHESTRATOR_PORT to another one.`,
    });
  }
  return {
    path,
    runPath: join(path, "run"),
    tokenPath: join(path, "token"),
    databasePath: readDatabase(env, cwd, problems) ?? join(path, "kingly.db"),
    gatewayPort,
    orchestratorPort,
    problems,
  };
}

function readSetting(env: Environment, setting: string): string | undefined {
  const value = env[setting]?.trim();
  return value === "" ? undefined : value;
}

/** Refuses every address but the loopback's: neither app has TLS or accounts, whoever reaches it and has the token is in. */
function checkHost(env: Environment, problems: HomeProblem[]): void {
  const setting = "KINGLY_HOST";
  const value = readSetting(env, setting);
  if (value === undefined || value === "127.0.0.1" || value === "localhost") return;
  const shown = JSON.stringify(value.slice(0, 60));
  problems.push({
    code: "host_not_loopback",
    setting,
    message: `${setting} is ${shown}, but Kingly listens on 127.0.0.1 only, because it has no TLS and no accounts of its own; leave ${setting} out, and from another machine come through a tunnel: ssh -L 7700:127.0.0.1:7700 <this machine>.`,
  });
}

function readPort(env: Environment, setting: string, fallback: number, problems: HomeProblem[]): number {
  const value = readSetting(env, setting);
  if (value === undefined) return fallback;
  const port = /^[0-9]{1,5}$/.test(value) ? Number(value) : 0;
  if (port >= 1 && port <= 65_535) return port;
  const shown = JSON.stringify(value.slice(0, 40));
  problems.push({
    code: "bad_port",
    setting,
    message: `${setting} is ${shown}; set it to a whole number from 1 to 65535, or leave it out for ${fallback}.`,
  });
  return fallback;
}

function readPath(env: Environment, setting: string, cwd: string, problems: HomeProblem[]): string | undefined {
  const value = readSetting(env, setting);
  if (value === undefined) return undefined;
  if (!value.includes("\0")) return resolve(cwd, value);
  problems.push({
    code: "bad_path",
    setting,
    message: `${setting} holds a NUL character; set it to the path of a folder or file.`,
  });
  return undefined;
}

function readDatabase(env: Environment, cwd: string, problems: HomeProblem[]): string | undefined {
  const setting = "KINGLY_DATABASE";
  const value = readSetting(env, setting);
  // `:memory:` would keep nothing, and as a path it would become a file of that name.
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value ?? "")?.[1] ?? (value === ":memory:" ? value : undefined);
  if (scheme === undefined) return readPath(env, setting, cwd, problems);
  const shown = value === ":memory:" ? value : `a ${scheme.toLowerCase().slice(0, 20)}:// address`;
  problems.push({
    code: "unsupported_database",
    setting,
    message: `${setting} is ${shown}, which is not supported yet; set it to the path of a file, or leave it out for kingly.db in the home.`,
  });
  return undefined;
}
