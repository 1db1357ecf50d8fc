import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPage } from "../tools/start/build-page.ts";
import { chromiumPath, openBrowser } from "./browser.ts";
import { openHouse, readLog, root, until } from "./house.ts";
import type { House } from "./house.ts";

// Said as somebody may say it: on the page it is words.
const risky = "create a task to paint <img src=x onerror=window.hit=1> the fence";

describe.skipIf(chromiumPath === undefined)("what may be said next, in a real browser", () => {
  let house: House;
  let browser: Browser;
  let page: Page;

  const say = async (text: string): Promise<void> => {
    const answer = await house.fetch("/v1/utterances", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text }),
    });
    expect(answer.status).toBe(200);
    // Said one after the other: the next one comes when this one is in the log.
    await until(`the log has ${text}`, async () => {
      const rows = await readLog(house);
      return rows.filter(({ line }) => line.startsWith("ut#")).length >= said || undefined;
    });
  };
  let said = 0;

  beforeAll(async () => {
    house = await openHouse();
    const built = await buildPage({
      root,
      logPath: join(house.home, "page.log"),
      signal: new AbortController().signal,
    });
    if (built.state === "failed") throw new Error(`The page could not be built: ${built.why}`);
    await Promise.all([house.start("orchestrator"), house.start("gateway")]);
    browser = await openBrowser();
    page = await (await browser.newContext()).newPage();
    await page.goto(`${house.url}/#token=${house.token}`);
    await until(
      "the page is connected",
      async () => (await page.getByTestId("connection").getAttribute("data-status")) === "open" || undefined,
    );
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  test("[G85][G87][G88] what came twice after a turn stands under it as a button; Enter says it; the next utterance takes it away", async () => {
    for (const text of ["show my tasks", risky, "show my tasks", "help"]) {
      said += 1;
      await say(text);
    }
    const composer = page.getByTestId("composer");
    const next = page.getByTestId("next");
    // A machine that is busy suggests nothing for a turn; the next one comes soon.
    await until("a suggestion", async () => {
      for (const text of [risky, "show my tasks"]) {
        await composer.fill(text);
        await composer.press("Enter");
      }
      return next.waitFor({ timeout: 2000 }).then(
        () => true,
        () => undefined,
      );
    });
    expect(await page.getByRole("group", { name: "Suggestions for what to say next" }).count()).toBe(1);
    const button = next.getByRole("button").first();
    expect(await button.textContent()).toContain(risky);
    expect(await next.textContent()).toMatch(/of the last \d times, after “show my tasks”|The last \d times/);
    expect(await page.evaluate(() => "hit" in window)).toBe(false);
    expect(await next.locator("img").count()).toBe(0);
    // It stands under the newest turn, also after a reload.
    await page.reload();
    await next.waitFor();
    const turns = await page.getByTestId("turn").count();
    await next.getByRole("button").first().focus();
    await page.keyboard.press("Enter");
    await page.getByTestId("turn").nth(turns).waitFor();
    expect(await page.getByTestId("turn").nth(turns).textContent()).toContain(risky);
    const metrics = await (await house.fetch("/metrics")).text();
    expect(metrics).toMatch(/kingly_suggestions\{workspace="default",what="taken"\} [1-9]/);
    // Gone with it, unless something stands under the new one.
    const shown = await next.count();
    if (shown > 0) expect(await next.textContent()).not.toContain("after “show my tasks”");
  });
});
