import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
//#region use
import { claimProcess, prepareHome, readToken, resolveHome } from "@kingly/home";

const folder = mkdtempSync(join(tmpdir(), "kingly-example-"));
const home = resolveHome({ KINGLY_GATEWAY_PORT: "7800" }, folder); // in an app: process.env, process.cwd()
const prepared = prepareHome(home);
const reading = readToken(home, {}); // the same token for every process, now and after a restart

const claim = claimProcess(home, "gateway"); // run/gateway.pid
const second = claimProcess(home, "gateway"); // already_running, with the pid that has it
if (claim.ok) claim.release();
//#endregion

assert.deepEqual([home.problems, prepared.ok, reading.ok, claim.ok], [[], true, true, true]);
assert.equal(second.ok || second.error.pid, process.pid);
rmSync(folder, { recursive: true });
console.log("home: one folder, one token, one process of each name");
