// Runs the test vectors of the codec against its second implementation, in Python: `node tools/check/conformance.ts`.
// Without python3 it says so and passes, but not on CI.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const runner = join(import.meta.dirname, "../../packages/codec/conformance/run.py");
const { error, status } = spawnSync("python3", [runner], { stdio: ["ignore", "inherit", "inherit"] });
const isMissing = error !== undefined && "code" in error && error.code === "ENOENT";
if (isMissing) {
  const isCi = process.env["CI"] === "true";
  console.log(
    `No python3 here: the vectors were not run against the second implementation.${isCi ? " CI needs it." : ""}`,
  );
  process.exitCode = isCi ? 1 : 0;
} else {
  if (error !== undefined) console.error(`python3 could not be started: ${error.message}`);
  process.exitCode = status ?? 1;
}
