import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPage } from "../tools/start/build-page.ts";
import { chromiumPath, openBrowser } from "./browser.ts";
import { openHouse, readHome, readLog, root, until } from "./house.ts";
import type { House } from "./house.ts";

// Two pauses around two writes: long enough to be killed in the middle of.
const slowPlan = `
id: slow_plan
name: Slow plan
steps:
  - { id: folder, kind: mcp, server: files, tool: create_directory, idempotent: true, with: { path: slow } }
  - { id: first, kind: mcp, server: files, tool: write_file, idempotent: true, needs: [folder], with: { path: slow/first.md, content: first } }
  - { id: pause, kind: wait, durationMs: 2500, needs: [first] }
  - { id: second, kind: mcp, server: files, tool: write_file, idempotent: true, needs: [pause], with: { path: slow/second.md, content: second } }
  - { id: note, kind: mcp, server: memory, tool: create_entities, idempotent: true, needs: [pause], with: { entities: [{ name: SlowPlan, entityType: plan, observations: [ran] }] } }
  - { id: tasks, kind: task, needs: [second, note], with: { tasks: [{ title: After the slow plan, complexity: 0.25 }] } }
outputs:
  next: "\${steps.tasks.output.ids}"
`;

describe.skipIf(chromiumPath === undefined)("a conversation in a real browser", () => {
  let house: House;
  let browser: Browser;
  let page: Page;
  const requested: string[] = [];
  const complaints: string[] = [];

  const say = async (text: string): Promise<Locator> => {
    const before = await page.getByTestId("turn").count();
    await page.getByTestId("composer").fill(text);
    await page.getByTestId("composer").press("Enter");
    await until(`a turn for “${text}”`, async () => (await page.getByTestId("turn").count()) > before || undefined);
    return page.getByTestId("turn").filter({ hasText: text }).last();
  };
  const replyOf = (turn: Locator): Locator => turn.getByTestId("reply").first();
  const stateOf = (turn: Locator, ...states: string[]): Promise<string> =>
    until(`the state ${states.join(" or ")}`, async () => {
      const state = await turn.getAttribute("data-state");
      return state !== null && states.includes(state) ? state : undefined;
    });
  // A part stands inside its whole: the innermost one is meant.
  const task = (title: string): Locator => page.getByTestId("task").filter({ hasText: title }).last();
  const status = (thing: Locator, expected: string): Promise<true> =>
    until(`the status ${expected}`, async () => (await thing.getAttribute("data-status")) === expected || undefined);

  beforeAll(async () => {
    house = await openHouse();
    const built = await buildPage({
      root,
      logPath: join(house.home, "page.log"),
      signal: new AbortController().signal,
    });
    if (built.state === "failed") throw new Error(`The page could not be built: ${built.why}`);
    mkdirSync(join(house.home, "workflows"), { recursive: true });
    writeFileSync(join(house.home, "workflows/slow_plan.yaml"), slowPlan);
    await Promise.all([house.start("orchestrator"), house.start("gateway")]);
    browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    page.on("request", (request) => void requested.push(request.url()));
    page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
    page.on("pageerror", (error) => void complaints.push(error.message));
    await page.goto(`${house.url}/#token=${house.token}`);
    await page.getByTestId("connection").waitFor();
    await until(
      "the page is connected",
      async () => (await page.getByTestId("connection").getAttribute("data-status")) === "open" || undefined,
    );
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  test("[G26] what is typed is looked at only once that is turned on, and nothing of it is kept", async () => {
    const note = page.locator("#composer-note");
    await page.getByTestId("composer").fill("Create a lighthouse page");
    expect(await page.getByTestId("preview").isChecked()).toBe(false);
    await page.getByTestId("preview").check();
    await page.getByTestId("composer").fill("Create a lighthouse page!");
    await until("the preview", async () => (await note.textContent())?.includes("Lighthouse page") || undefined);
    await page.getByTestId("preview").uncheck();
    await until("no preview", async () => !(await note.textContent())?.includes("Lighthouse page") || undefined);
    await page.getByTestId("composer").fill("");
    expect((await readLog(house)).filter(({ line }) => line.includes("ighthouse page"))).toEqual([]);
  });

  test("the token leaves the address at once", () => {
    expect(page.url()).not.toContain("token");
  });

  test("[G1] “Create auth system” is answered at once; the task rests at ready by events alone", async () => {
    const turn = await say("Create auth system");
    await replyOf(turn).waitFor();
    expect(await replyOf(turn).textContent()).toContain("Auth system");
    await status(task("Auth system"), "ready");
    await stateOf(turn, "accepted");
    const lines = (await readLog(house)).map((row) => row.line);
    expect(lines.filter((line) => /^tr#\w+:task_\w+\|0\.85\|one_shot$/.test(line))).toHaveLength(1);
  });

  test("[O4] “Build complete app” becomes a task with parts", async () => {
    await say("Build complete app");
    const whole = page.getByTestId("task").filter({ hasText: "Complete app" }).first();
    await status(whole, "split");
    await status(task("Design the data of the complete app"), "ready");
    await status(task("Release the complete app"), "ready");
  });

  test("[O11] “Plan project MyApp …” runs its steps on the MCP servers while the person keeps talking", async () => {
    const turn = await say("Plan project MyApp for web and mobile");
    const aside = await say("hello");
    await replyOf(aside).waitFor();
    const run = page.getByTestId("run").filter({ hasText: "MyApp" }).first();
    await status(run, "completed");
    await stateOf(turn, "done");
    await page.getByTestId("notice").filter({ hasText: "MyApp" }).first().waitFor();
    expect(readHome(house, "files/plans/myapp.md")).toContain("Build MyApp for mobile");
    const memory = readHome(house, "memory.jsonl");
    expect(memory.match(/"name":"MyApp"/g)).toHaveLength(1);
    expect(memory).toContain('"relationType":"delivers"');
    await status(task("Build MyApp for web"), "ready");
  });

  test("[O7] what was remembered is recalled, with when it was said", async () => {
    await stateOf(await say("Remember that I prefer dark mode"), "done");
    const recalled = await say("What do I prefer?");
    await replyOf(recalled).waitFor();
    expect(await replyOf(recalled).textContent()).toMatch(/today at \d\d:\d\d.*I prefer dark mode/i);
    await stateOf(recalled, "done");
    const discussed = await say("What did we discuss?");
    await replyOf(discussed).waitFor();
    expect(await replyOf(discussed).textContent()).toMatch(/\d\d:\d\d you said/);
    await stateOf(discussed, "done");
  });

  test("[O8] what the reflex does not understand is heard, and the orchestrator answers or asks back", async () => {
    const turn = await say("the purple giraffe of yesterday's budget wobbles");
    await replyOf(turn).waitFor();
    expect(await replyOf(turn).textContent()).toMatch(/heard/i);
    await until("a second reply", async () => (await turn.getByTestId("reply").count()) >= 2 || undefined);
  });

  test("[G15] a second tab and a reload see the same conversation, each thing once", async () => {
    const count = await page.getByTestId("turn").count();
    const other = await page.context().newPage();
    await other.goto(house.url);
    await until(
      "all turns in the other tab",
      async () => (await other.getByTestId("turn").count()) === count || undefined,
    );
    await say("Create a shared shopping list");
    await other.getByTestId("turn").filter({ hasText: "shopping list" }).first().waitFor();
    await other.close();
    await page.reload();
    await until(
      "all turns after the reload",
      async () => (await page.getByTestId("turn").count()) === count + 1 || undefined,
    );
    expect(await page.getByTestId("turn").filter({ hasText: "Create auth system" }).getByTestId("reply").count()).toBe(
      1,
    );
  });

  test("[O11][O19][G6][G9] both apps killed in the middle: the page comes back by itself, the work goes on, once", async () => {
    const turn = await say("run the slow plan workflow");
    const run = page.getByTestId("run").filter({ hasText: "Slow plan" }).first();
    await status(run, "running");
    await until("the first write", async () => {
      const done = await run.locator('[data-testid="step"][data-status="completed"]').count();
      return done >= 2 || undefined;
    });
    await Promise.all([house.kill("gateway"), house.kill("orchestrator")]);
    await until(
      "the page notices",
      async () => (await page.getByTestId("connection").getAttribute("data-status")) !== "open" || undefined,
    );
    await page.getByTestId("composer").fill("Create landing page");
    await page.getByTestId("composer").press("Enter");
    await Promise.all([house.start("orchestrator"), house.start("gateway")]);
    await until(
      "the page is back",
      async () => (await page.getByTestId("connection").getAttribute("data-status")) === "open" || undefined,
    );
    await status(run, "completed");
    await stateOf(turn, "done");
    await status(task("Landing page"), "ready");
    await status(task("After the slow plan"), "ready");
    expect(readHome(house, "files/slow/second.md")).toBe("second");
    expect(readHome(house, "memory.jsonl").match(/"name":"SlowPlan"/g)).toHaveLength(1);
    const rows = await readLog(house);
    expect(rows.map((row) => row.seq)).toEqual(rows.map((_, index) => index + 1));
    const ends = rows.filter((row) => /^tc#\w+:run_/.test(row.line)).map((row) => row.line);
    expect(new Set(ends).size).toBe(ends.length);
    expect(await page.getByTestId("task").filter({ hasText: "Landing page" }).count()).toBe(1);
    expect(await page.getByTestId("turn").filter({ hasText: "Create landing page" }).count()).toBe(1);
  });

  test("the keyboard does it all, help included", async () => {
    await page.keyboard.press("Escape");
    await page.locator("body").click({ position: { x: 2, y: 2 } });
    await page.keyboard.press("?");
    await page.locator("dialog[open]").waitFor();
    await page.keyboard.press("Escape");
    // The browser closes a dialog a moment after the key.
    await page.locator("dialog[open]").waitFor({ state: "detached" });
    await page.keyboard.press("/");
    await page.keyboard.type("thanks");
    await page.keyboard.press("Enter");
    await page.getByTestId("turn").filter({ hasText: "thanks" }).last().waitFor();
  });

  test("no request left the machine, and the page had nothing to complain about", () => {
    const foreign = requested.filter((url) => !url.startsWith(house.url) && !url.startsWith("data:"));
    expect(foreign).toEqual([]);
    // A socket that is refused while the apps are down is the browser's own line, and true.
    expect(
      complaints.filter((line) => !/WebSocket connection|ERR_CONNECTION_REFUSED|Failed to load resource/.test(line)),
    ).toEqual([]);
  });
});
