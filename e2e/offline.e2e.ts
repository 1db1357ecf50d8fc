import { execFile, execFileSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { root } from "./house.ts";

const enter = ["-rn", "sh", "-c", 'ip link set lo up && exec "$0" "$@"'];

/** Whether this machine lets us make a network namespace with only loopback. */
function hasNamespaces(): boolean {
  try {
    execFileSync("unshare", [...enter, "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasNamespaces())("without any network but loopback", () => {
  test("both apps start, plan a project on the MCP servers and write the file", async () => {
    const walk = join(root, "e2e/fixtures/offline-walk.ts");
    const { stdout } = await promisify(execFile)("unshare", [...enter, process.execPath, walk], { timeout: 60_000 });
    expect(stdout).toContain("# Moon");
  });
});
