import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { fixture } from "./house.ts";

const { resolve } = createRequire(import.meta.url);
const suite = join(dirname(resolve("@modelcontextprotocol/conformance/package.json")), "dist/index.js");
const client = `${process.execPath} ${fixture("conformance-client.ts")}`;

// The suite's own list: a scenario that a newer one brings is run without anybody thinking of it.
const scenarios = execFileSync(process.execPath, [suite, "list", "--client"], { encoding: "utf8" })
  .split("\n")
  .flatMap((line) => /^ {2}- (\S+)/.exec(line)?.[1] ?? []);

// What cannot be done with the SDK as it is, and why. A scenario in here that passes is a fault of this list.
const impossible: Readonly<Record<string, string>> = {};

interface Check {
  readonly id: string;
  readonly status: string;
}

test("[M42] the official conformance suite lists scenarios for clients, and none is left out that it does not list", () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(26);
  expect(scenarios).toEqual(expect.arrayContaining(Object.keys(impossible)));
});

const run = async (scenario: string): Promise<void> => {
  const results = await mkdtemp(join(tmpdir(), "kingly-conformance-"));
  const parameters = ["client", "--command", client, "--scenario", scenario, "-o", results];
  const said = await promisify(execFile)(process.execPath, [suite, ...parameters]).then(
    ({ stderr }) => stderr,
    (failed: { readonly stderr: string }) => failed.stderr,
  );
  const [folder = ""] = await readdir(results, { recursive: true }).then((names) =>
    names.filter((name) => name.endsWith("checks.json")),
  );
  const checks = JSON.parse(await readFile(join(results, folder), "utf8")) as readonly Check[];
  await rm(results, { recursive: true });
  // How long a busy machine took to connect again is a warning of its own; all other warnings count as failures.
  const bad = checks.filter(
    ({ id, status }) => status === "FAILURE" || (status === "WARNING" && id !== "client-sse-retry-timing"),
  );
  const isPassed = bad.length === 0 && !/TIMED OUT|EXITED WITH ERROR/.test(said);
  expect({ scenario, bad, isPassed, said: isPassed ? "" : said.slice(-2_000) }).toMatchObject({
    isPassed: !Object.hasOwn(impossible, scenario),
  });
  expect(checks.some(({ status }) => status === "SUCCESS")).toBe(true);
};

// One that measures how fast we come back is run while nothing else is.
const isTimed = (scenario: string): boolean => scenario === "sse-retry";
const name = "[M42] the official conformance suite passes: %s";
test.concurrent.each(scenarios.filter((scenario) => !isTimed(scenario)))(name, run, 60_000);
test.each(scenarios.filter(isTimed))(name, run, 60_000);
