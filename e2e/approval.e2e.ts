import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPage } from "../tools/start/build-page.ts";
import { chromiumPath, openBrowser } from "./browser.ts";
import { openHouse, readLog, root, until } from "./house.ts";
import type { House } from "./house.ts";

const askFirst = `
id: ask_first
name: Ask first
steps:
  - { id: may, kind: approve, message: "Create the garden task?", with: { tasks: [{ title: Water the garden, complexity: 0.25 }] } }
  - { id: make, kind: task, needs: [may], with: "\${steps.may.output.arguments}" }
`;
const nightWatch = `
id: night_watch
name: Night watch
steps:
  - { id: rest, kind: wait, signal: never }
`;
const twice = `
id: make_twice
name: Make twice
steps:
  - { id: make, kind: task, with: { tasks: [{ title: First thing, complexity: 0.25 }] } }
`;

describe.skipIf(chromiumPath === undefined)("what a person does by hand, in a real browser", () => {
  let house: House;
  let browser: Browser;
  let page: Page;

  const say = (text: string): Promise<Response> =>
    house.fetch("/v1/utterances", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text }),
    });
  const start = async (name: string): Promise<Locator> => {
    // The gateway hears of a new workflow when it asks its back the next time.
    await until(`the workflow ${name} starts`, async () => {
      const answer = (await (await say(`run the workflow ${name}`)).json()) as {
        readonly commands: readonly unknown[];
      };
      return answer.commands.length > 0 || undefined;
    });
    return page.getByTestId("run").filter({ hasText: name }).first();
  };
  const status = (thing: Locator, expected: string): Promise<true> =>
    until(`the status ${expected}`, async () => (await thing.getAttribute("data-status")) === expected || undefined);
  const approval = (): Locator => page.getByTestId("approval").first();
  const press = async (button: Locator, key: "Enter" | "Space"): Promise<void> => {
    await button.focus();
    await page.keyboard.press(key);
  };

  beforeAll(async () => {
    house = await openHouse();
    const built = await buildPage({
      root,
      logPath: join(house.home, "page.log"),
      signal: new AbortController().signal,
    });
    if (built.state === "failed") throw new Error(`The page could not be built: ${built.why}`);
    mkdirSync(join(house.home, "workflows"), { recursive: true });
    for (const [name, text] of Object.entries({ askFirst, nightWatch, twice })) {
      writeFileSync(join(house.home, "workflows", `${name}.yaml`), text);
    }
    writeFileSync(
      join(house.home, "workflows/broken.yaml"),
      "id: broken\nname: Broken\nsteps:\n  - { id: a, kind: dream }\n",
    );
    await house.start("orchestrator");
    await house.start("gateway");
    browser = await openBrowser();
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
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

  test("[G22][O9] a workflow file that did not load stands there with its place and what to do", async () => {
    const list = page.getByTestId("not-loaded");
    await list.waitFor();
    expect(await list.textContent()).toMatch(
      /1 workflow file did not load.*broken\.yaml:4:\d+ .*dream|broken\.yaml:4:\d+/,
    );
  });

  test("[G22][G21][O23] a question shows exactly what would be done, and is approved by keyboard alone", async () => {
    const run = await start("Ask first");
    await approval().waitFor();
    expect(await approval().textContent()).toContain("Create the garden task?");
    const shown = JSON.parse((await approval().getByTestId("approval-arguments").textContent()) ?? "") as unknown;
    expect(shown).toEqual({ tasks: [{ title: "Water the garden", complexity: 0.25 }] });
    await press(approval().getByRole("button", { name: "Approve" }), "Enter");
    await status(run, "completed");
    await until("the card is gone", async () => (await page.getByTestId("approval").count()) === 0 || undefined);
    await status(page.getByTestId("task").filter({ hasText: "Water the garden" }).last(), "ready");
    const turn = page.getByTestId("turn").filter({ hasText: "Approve: Create the garden task?" }).last();
    await until("the turn is done", async () => (await turn.getAttribute("data-state")) === "done" || undefined);
  });

  test("[G22][O23] a question that is refused ends its run, and nothing is done", async () => {
    const run = await start("Ask first");
    await approval().waitFor();
    await press(approval().getByRole("button", { name: "Refuse" }), "Space");
    await status(run, "failed");
    expect(await page.getByTestId("task").filter({ hasText: "Water the garden" }).count()).toBe(1);
  });

  test("[G22][O25] a run is paused, gone on with and stopped; its question is still there after a reload", async () => {
    const run = await start("Night watch");
    await status(run, "running");
    await press(run.getByRole("button", { name: "Pause" }), "Enter");
    await status(run, "paused");
    await press(run.getByRole("button", { name: "Go on" }), "Enter");
    await status(run, "running");
    await press(run.getByRole("button", { name: "Stop" }), "Enter");
    await status(run, "cancelled");
    await start("Ask first");
    await approval().waitFor();
    await page.reload();
    await approval().waitFor();
    await press(approval().getByRole("button", { name: "Approve" }), "Enter");
    await until("the card is gone", async () => (await page.getByTestId("approval").count()) === 0 || undefined);
  });

  test("[G22][O25] a run begins again from a step with edited input; what is no JSON is said at once", async () => {
    const run = await start("Make twice");
    await status(run, "completed");
    const details = run.locator("details").first();
    if ((await details.getAttribute("open")) === null) await details.locator("summary").first().click();
    const again = run.locator("details.again").first();
    await again.locator("summary").focus();
    await page.keyboard.press("Enter");
    await again.getByRole("textbox").fill("{no");
    await again.getByRole("button").click();
    expect(await again.getByRole("alert").textContent()).toContain("not JSON");
    await again.getByRole("textbox").fill('{"tasks": [{"title": "Edited thing", "complexity": 0.25}]}');
    await press(again.getByRole("button"), "Enter");
    await status(page.getByTestId("task").filter({ hasText: "Edited thing" }).last(), "ready");
    expect((await readLog(house)).filter(({ line }) => line.startsWith("er#"))).toHaveLength(1);
  });
});
