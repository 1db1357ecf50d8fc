import type { Answer } from "@kingly/link";
import { describe, expect, test } from "vitest";
import { JournalError } from "../src/journal/journal.ts";
import { checkReadiness } from "../src/readiness.ts";
import type { Workspace } from "../src/workspace.ts";

const well = [{ name: "orchestrator database", ok: true }];
const openWith =
  (answer: Answer, probe: () => Promise<void> = async () => {}) =>
  async (): Promise<Workspace> =>
    ({ ask: async () => answer, probeJournal: probe }) as Partial<Workspace> as Workspace;

describe("readiness", () => {
  test("[G14] ready when the journal, the link and all required checks of the back are well", async () => {
    const missing = { name: "mcp files", ok: false, optional: true, why: "it is not there" };
    const readiness = await checkReadiness(openWith({ ok: true, value: [...well, missing] }));
    expect(readiness).toEqual({
      ready: true,
      checks: [{ name: "gateway journal", ok: true }, { name: "link", ok: true }, ...well, missing],
    });
  });

  test.each<[string, string, () => Promise<Workspace>]>([
    ["the back is away", "link", openWith({ ok: false, error: { code: "offline", message: "the link is not open" } })],
    ["the back answers nonsense", "link", openWith({ ok: true, value: "yes" })],
    [
      "a required check of the back fails",
      "orchestrator database",
      openWith({ ok: true, value: [{ name: "orchestrator database", ok: false, why: "it is read-only" }] }),
    ],
    [
      "the journal cannot write",
      "gateway journal",
      openWith({ ok: true, value: well }, async () => Promise.reject(new JournalError("FULL", "The disk is full."))),
    ],
    ["the journal cannot be opened", "gateway journal", async () => Promise.reject(new Error("no file"))],
  ])("[G14] not ready when %s, and it says why", async (_what, name, open) => {
    const { ready, checks } = await checkReadiness(open);
    expect(ready).toBe(false);
    const failed = checks.filter((check) => !check.ok);
    expect(failed.map((check) => check.name)).toContain(name);
    expect(failed.every((check) => check.why !== undefined && check.why !== "")).toBe(true);
  });
});
