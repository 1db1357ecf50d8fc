import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { crashOptions } from "./crash-script.ts";
import { openMindHouse, recorded } from "./mind-house.ts";
import type { MindHouse } from "./mind-house.ts";

const base = mkdtempSync(join(tmpdir(), "kingly-mind-crash-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const fixture = join(import.meta.dirname, "fixtures/run-mind.ts");

async function killInCall(tool: string): Promise<string> {
  const home = join(base, tool);
  const child = spawn(process.execPath, [fixture, home, tool, "waits"], { stdio: ["ignore", "ignore", "inherit"] });
  const exit = once(child, "exit");
  await expect
    .poll(() => recorded(home).some(({ name, args }) => name === tool && args["tag"] === "money"), { timeout: 60_000 })
    .toBe(true);
  child.kill("SIGKILL");
  await exit;
  writeFileSync(join(home, "release"), "");
  return home;
}

async function goOn(home: string, tool: string, waits: boolean): Promise<MindHouse> {
  const house = await openMindHouse(crashOptions(home, tool, waits));
  house.work();
  await house.idle();
  return house;
}

const countOf = (home: string, tool: string): number =>
  recorded(home).filter(({ name, args }) => name === tool && args["tag"] === "money").length;

describe("kill -9 while a call of a model's task is out, with a real server", { timeout: 300_000 }, () => {
  test("[O51] a change that may not be repeated ends as unknown, is told, and is not made again; the work goes on", async () => {
    const house = await goOn(await killInCall("send"), "send", true);
    expect(countOf(house.home, "send")).toBe(1);
    // What was answered before the kill is not asked again.
    expect(recorded(house.home).filter(({ name }) => name === "look")).toHaveLength(2);
    const lines = house.told().map(({ line }) => line);
    expect(lines).toContain("su#A1:task_A1.6|unknown|1");
    expect(lines.at(-1)).toMatch(/^tc#A1:task_A1\|partial\|.*rec\.send/);
    await house.close();
  });

  test("[O51] a read is made again, and so is what its server says may be repeated", async () => {
    for (const tool of ["look", "keep"]) {
      const house = await goOn(await killInCall(tool), tool, true);
      expect(countOf(house.home, tool)).toBe(2);
      expect(house.told().at(-1)?.line).toMatch(/^tc#A1:task_A1\|success\|/);
      await house.close();
    }
  });

  test("[O51] killed right after a commit, it ends as it would have: once, with no change made twice", async () => {
    const run = async (home: string, at: string): Promise<string> => {
      const child = spawn(process.execPath, [fixture, home, "send", "quick", at], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let out = "";
      child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
      await once(child, "close");
      return out.trim();
    };
    const commits = Number(await run(join(base, "whole"), ""));
    expect(commits).toBeGreaterThan(8);
    // Six of them, spread over the whole life: each costs two processes.
    const places = [1, 2, 3, 4, 5, 6].map((place) => Math.ceil((commits * place) / 7));
    for (const at of new Set(places)) {
      const home = join(base, `at-${at}`);
      await run(home, String(at));
      const house = await goOn(home, "send", false);
      if (house.back.store.tasks.get("default", "task_A1") !== undefined) {
        expect(house.back.store.tasks.get("default", "task_A1")?.status, `commit ${at}`).toBe("completed");
        const lines = house.told().map(({ line }) => line);
        // Killed between the row that says `begun` and the call itself, it was not made, and nobody can know that.
        const isUnknown = lines.some((line) => /task_A1\.\d+\|unknown\|1$/.test(line));
        expect(countOf(home, "send"), `commit ${at}`).toBeLessThanOrEqual(1);
        expect(countOf(home, "send") === 1 || isUnknown, `commit ${at}`).toBe(true);
        expect(lines.filter((line) => line.startsWith("tc#A1:"))).toHaveLength(1);
        expect(house.back.store.memory.recall("default", "result:task_A1")?.version).toBe(1);
        expect(house.back.store.memory.recall("default", "note:k")?.version).toBe(1);
      }
      await house.close();
    }
  });
});
