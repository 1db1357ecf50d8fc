// What the house says of itself, on the real page: who thinks, and which tool server does not come and why.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { chromiumPath, openBrowser } from "./browser.ts";
import { openHouse, root, until } from "./house.ts";
import type { House } from "./house.ts";
import { buildPage } from "../tools/start/build-page.ts";

let house: House | undefined;
afterEach(() => house?.close());

describe.skipIf(chromiumPath === undefined)("the house on the page", () => {
  test("[G33] the mind is named, and a tool server that cannot start says why and what to do", async () => {
    const opened = await openHouse();
    house = opened;
    const built = await buildPage({
      root,
      logPath: join(opened.home, "page.log"),
      signal: new AbortController().signal,
    });
    expect(built.state).not.toBe("failed");
    const mcpServers = { broken: { command: "no-such-program-of-kingly" } };
    writeFileSync(join(opened.home, "kingly.config.json"), JSON.stringify({ mcpServers }));
    await Promise.all([opened.start("orchestrator"), opened.start("gateway")]);
    await until("readiness", async () => (await opened.fetch("/readyz")).status === 200 || undefined);
    const browser = await openBrowser();
    try {
      const page = await (await browser.newContext()).newPage();
      await page.goto(`${opened.url}/#token=${opened.token}`);
      await page.getByTestId("mind").waitFor();
      expect(await page.getByTestId("mind").textContent()).toBe("Mind: rules");
      const part = page.locator('[data-testid=part][data-name="mcp broken"]');
      await until("what is not well", async () => {
        // It is read anew when a person looks at the page again.
        await page.evaluate(() => dispatchEvent(new Event("focus")));
        return (await part.getAttribute("data-well", { timeout: 200 }).catch(() => null)) === "false" || undefined;
      });
      expect(await part.textContent()).toMatch(/no-such-program-of-kingly was not found.*Install it/s);
      expect(await page.getByTestId("part").first().getAttribute("data-well")).toBe("false");
    } finally {
      await browser.close();
    }
  });
});
