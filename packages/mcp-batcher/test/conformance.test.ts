import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { fixture, inFolder, keepHouse } from "./house.ts";

keepHouse();

const { resolve } = createRequire(import.meta.url);
const suite = join(dirname(resolve("@modelcontextprotocol/conformance/package.json")), "dist/index.js");

// The suite has no other scenario for a client of tools that signs in by a header: one asks for elicitation, which we say
// that we do not have, all others for OAuth.
test.each(["initialize", "tools_call", "sse-retry"])(
  "[M42] the official conformance suite passes: %s",
  async (scenario) => {
    const client = `${process.execPath} ${fixture("conformance-client.ts")}`;
    const parameters = ["client", "--command", client, "--scenario", scenario, "-o", inFolder("results")];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [suite, ...parameters]);
    expect(`${stdout}${stderr}`).toMatch(/Passed: (\d+)\/\1, 0 failed/);
  },
  60_000,
);
