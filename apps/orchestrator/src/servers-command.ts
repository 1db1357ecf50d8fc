// Looks after the MCP servers of a home by hand: `list`, `test`, `add`, `remove`, `approve`, `authorize`,
// `sign-out`. Kingly may be running: it follows the file.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readToken, resolveHome } from "@kingly/home";
import { openServers } from "@kingly/mcp-batcher/servers";
import type { ServerEntry } from "@kingly/mcp-batcher/servers";
import { createSilentLog, createSystemClock, createSystemRandom } from "@kingly/runtime";
import { readConfig } from "./config.ts";
import { authorizeByHand, signOutByHand, statesByHand } from "./servers/authorize-by-hand.ts";
import type { ByHand } from "./servers/authorize-by-hand.ts";

const usage = `Looks after the MCP servers of a home (KINGLY_HOME).

  node apps/orchestrator/src/servers-command.ts list                 the servers of the settings, and where they stand
  node apps/orchestrator/src/servers-command.ts test <name>          start one beside the others, list its tools, end it
  node apps/orchestrator/src/servers-command.ts add <name> [--env NAME=value]... -- <command> [argument]...
  node apps/orchestrator/src/servers-command.ts add <name> --url <url> [--type http|sse] [--header "Name: value"]...
  node apps/orchestrator/src/servers-command.ts remove <name>
  node apps/orchestrator/src/servers-command.ts approve <id>         the changed tools that /readyz names; Kingly must be running
  node apps/orchestrator/src/servers-command.ts authorize <name>     consent in a browser, where a server needs it; so must it for this
  node apps/orchestrator/src/servers-command.ts sign-out <name>      forget the tokens of a server; and for this

A server is tried before it is added; --untested adds it as it is. A value may be \${NAME}, from the environment of Kingly.
Exit codes: 0 done, 1 it could not be done, 64 the command is not one of these.
`;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

function end(code: number, message: string): never {
  process.stderr.write(message.endsWith("\n") ? message : `${message}\n`);
  process.exit(code);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        url: { type: "string" },
        type: { type: "string", default: "http" },
        header: { type: "string", multiple: true, default: [] },
        env: { type: "string", multiple: true, default: [] },
        untested: { type: "boolean", default: false },
      },
    });
  } catch {
    return end(64, usage);
  }
}

const { values, positionals } = readArguments();
const [action = "", name = "", command, ...args] = positionals;
const home = resolveHome(process.env, process.cwd());
const [problem] = home.problems;
if (problem !== undefined) end(1, problem.message);
const reading = readConfig(home.path, process.cwd());
if (!reading.ok) end(1, reading.message);
const { mcpServers } = reading.config;
// The same file that is read: the home's, else the working folder's, else a new one of the home.
const path =
  [home.path, process.cwd()].map((folder) => join(folder, "kingly.config.json")).find((file) => existsSync(file)) ??
  join(home.path, "kingly.config.json");

function describe(entry: ServerEntry): string {
  return "url" in entry ? `${entry.type} ${entry.url}` : [entry.command, ...(entry.args ?? [])].join(" ");
}

function pairs(texts: readonly string[], border: string): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf(border);
      return at < 1 ? end(64, usage) : [text.slice(0, at).trim(), text.slice(at + border.length).trim()];
    }),
  );
}

function newEntry(): ServerEntry {
  const { url, type, header, env } = values;
  if (url !== undefined) {
    if (command !== undefined || (type !== "http" && type !== "sse" && type !== "streamable-http")) end(64, usage);
    return { type, url, ...(header.length === 0 ? {} : { headers: pairs(header, ":") }) };
  }
  if (command === undefined) end(64, usage);
  return { command, args, ...(env.length === 0 ? {} : { env: pairs(env, "=") }) };
}

async function isWorking(entry: ServerEntry): Promise<boolean> {
  // Shown before it is run: what a page or a friend told one to add is a program.
  say(`trying: ${describe(entry)}`);
  const deps = { clock: createSystemClock(), random: createSystemRandom(), log: createSilentLog() };
  const servers = openServers(deps, { mcpServers: {} }, { environment: process.env });
  const found = await servers.test(entry);
  await servers.close();
  if (found.ok) {
    say(`${found.tools.length} tools: ${found.tools.map((tool) => tool.name).join(", ")}`);
    return true;
  }
  const { error, stderrTail } = found;
  process.stderr.write(`${error.message} ${error.hint}\n${stderrTail === "" ? "" : `It last said:\n${stderrTail}`}`);
  return false;
}

function save(change: (servers: Record<string, ServerEntry>) => void): void {
  const file = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as { mcpServers?: object }) : {};
  const servers = { ...file.mcpServers } as Record<string, ServerEntry>;
  change(servers);
  writeFileSync(`${path}.next`, `${JSON.stringify({ ...file, mcpServers: servers }, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.next`, path);
  say(`saved ${path}; a running Kingly follows it`);
}

function ownNames(): readonly string[] {
  const file = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as { mcpServers?: object }) : {};
  return Object.keys(file.mcpServers ?? {});
}

// The decision goes the way of every other one: said by a person at the gateway, recorded, and refused there if need be.
async function approve(id: string): Promise<boolean> {
  const reading = readToken(home, process.env);
  if (!reading.ok) end(1, reading.error.message);
  const response = await fetch(`http://127.0.0.1:${home.gatewayPort}/v1/utterances`, {
    method: "POST",
    headers: { authorization: `Bearer ${reading.token}`, "content-type": "application/json" },
    body: JSON.stringify({ text: `Approve ${id}`, command: `ap:${id}|yes` }),
  }).catch(() => end(1, `Kingly does not answer on port ${home.gatewayPort}; start it first.`));
  if (!response.ok) end(1, await response.text());
  say(`said ap:${id}|yes; GET /v1/servers tells what became of it`);
  return true;
}

function byHand(): ByHand {
  const reading = readToken(home, process.env);
  return reading.ok ? { port: home.orchestratorPort, token: reading.token, say } : end(1, reading.error.message);
}

async function run(): Promise<boolean> {
  if (action === "list" && name === "") {
    // Before the first start there is no token, and nobody to ask.
    const reading = readToken(home, process.env);
    const states = reading.ok ? await statesByHand(byHand()) : undefined;
    for (const [each, entry] of Object.entries(mcpServers)) {
      const state = states?.get(each) ?? (entry.disabled === true ? "disabled" : undefined);
      say(`${each.padEnd(20)} ${state === undefined ? "" : `(${state}) `}${describe(entry)}`);
    }
    return true;
  }
  if (name === "") end(64, usage);
  if (action === "test" && command === undefined) {
    const entry = Object.hasOwn(mcpServers, name) ? mcpServers[name] : undefined;
    return entry === undefined ? end(1, `The settings name no server ${name}.`) : isWorking(entry);
  }
  if (action === "add") {
    const entry = newEntry();
    if (ownNames().includes(name)) end(1, `${path} names a server ${name} already; remove it first.`);
    if (!values.untested && !(await isWorking(entry))) end(1, "It was not added; --untested adds it as it is.");
    save((servers) => void (servers[name] = entry));
    return true;
  }
  if (action === "approve" && command === undefined) return approve(name);
  if (action === "authorize" && command === undefined) return authorizeByHand(byHand(), name);
  if (action === "sign-out" && command === undefined) return signOutByHand(byHand(), name);
  if (action === "remove" && command === undefined) {
    if (!ownNames().includes(name)) end(1, `${path} names no server ${name}.`);
    save((servers) => void delete servers[name]);
    return true;
  }
  return end(64, usage);
}

try {
  process.exitCode = (await run()) ? 0 : 1;
} catch (thrown) {
  end(1, thrown instanceof Error ? thrown.message : String(thrown));
}
