import { describe, expect, test } from "vitest";
import { runNotices } from "../bench/notice/run-notices.ts";
import { chromiumPath } from "./browser.ts";

describe.skipIf(chromiumPath === undefined)("completions in a real browser", () => {
  test("[G8][G15][G32] 300 completions have one card each, and are told outside at most once, across reloads, kills and cuts", async () => {
    const report = await runNotices({ completions: 300, perSecond: 40, disturbances: 8 });
    expect(report).toMatchObject({ completed: report.begun, missing: 0, doubled: 0, wrongAtEnd: 0, toldTwice: 0 });
    expect(report.toldOutside).toBeGreaterThan(0);
    expect(report.begun).toBeGreaterThanOrEqual(250);
  });
});
