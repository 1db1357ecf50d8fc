// Gives people tokens of their own: `list`, `add <name> [workspace...]`, `remove <name>`. [G24]
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readConfigFile, resolveHome } from "@kingly/home";
import { faultOfPeople } from "./config-people.ts";
import type { PersonSettings } from "./people.ts";

const usage = `Gives people tokens of their own (kingly.config.json of KINGLY_HOME, else of the working folder).

  node apps/gateway/src/person.ts list
  node apps/gateway/src/person.ts add <name> [workspace...]   the token is shown once; without workspaces: default
  node apps/gateway/src/person.ts remove <name>

What is changed counts from the next start of Kingly.
Exit codes: 0 done, 1 it could not be done, 64 the command is not one of these.
`;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

function end(code: number, message: string): never {
  process.stderr.write(message.endsWith("\n") ? message : `${message}\n`);
  process.exit(code);
}

const [command = "", name = "", ...workspaces] = process.argv.slice(2);
const needsName = command === "add" || command === "remove";
if (!(command === "list" || needsName) || needsName !== (name !== "")) end(64, usage);
const home = resolveHome(process.env, process.cwd());
const [problem] = home.problems;
if (problem !== undefined) end(1, problem.message);
const reading = readConfigFile(home.path, process.cwd());
if (!reading.ok) end(1, reading.message);
const path = reading.file?.path ?? join(home.path, "kingly.config.json");
const settings = (reading.file?.value ?? {}) as { readonly people?: readonly PersonSettings[] };
const people = settings.people ?? [];
const fault = faultOfPeople(people);
if (fault !== undefined) end(1, `${path}: ${fault}.`);

/** Writes the file whole or not at all: a start that reads it meanwhile finds the old one or the new one. */
function keep(next: readonly PersonSettings[]): void {
  const wrong = faultOfPeople(next);
  if (wrong !== undefined) end(1, `${wrong.replace(/^\/people\/\d+\/?/, "")}.`);
  if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, `${JSON.stringify({ ...settings, people: next }, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

if (command === "list") {
  for (const person of people) say(`${person.name}  ${(person.workspaces ?? ["default"]).join(", ")}`);
  say(`${people.length} people in ${path}`);
} else if (command === "add") {
  const token = randomBytes(32).toString("base64url");
  const tokenSha256 = createHash("sha256").update(token).digest("hex");
  keep([...people, { name, tokenSha256, ...(workspaces.length === 0 ? {} : { workspaces }) }]);
  say(`Give ${name} this address; the token in it is shown only now:`);
  say(`http://127.0.0.1:${home.gatewayPort}/#token=${token}`);
} else {
  if (!people.some((person) => person.name === name)) end(1, `There is no ${name} in ${path}.`);
  keep(people.filter((person) => person.name !== name));
  say(`${name} is taken out of ${path}; what is open is closed at the next start.`);
}
