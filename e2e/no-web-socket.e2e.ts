// A real browser behind a proxy of a company: plain HTTP passes, tunnels for WebSockets do not.
import { createServer, request as httpRequest } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseEvent } from "@kingly/codec";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPage } from "../tools/start/build-page.ts";
import { chromiumPath, openBrowser } from "./browser.ts";
import { openHouse, readLog, root, until } from "./house.ts";
import type { House } from "./house.ts";

interface Proxy {
  readonly port: number;
  /** Whether CONNECT is let through. */
  tunnels: boolean;
  /** Tunnels that were asked for, and those that were made. */
  asked: number;
  made: number;
  /** Whether anything passes at all. */
  isUp: boolean;
  cut(): void;
  close(): void;
}

async function openProxy(): Promise<Proxy> {
  const server = createServer((request, response) => {
    if (!proxy.isUp) return void response.destroy();
    const { hostname, port, pathname, search } = new URL(request.url ?? "");
    const { method, headers } = request;
    const forward = httpRequest({ hostname, port, path: pathname + search, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on("error", () => response.destroy());
      answer.pipe(response);
    });
    forward.on("error", () => response.destroy());
    response.on("close", () => forward.destroy());
    request.pipe(forward);
    return undefined;
  });
  server.on("connect", (request, socket) => {
    socket.on("error", () => {});
    proxy.asked += 1;
    if (!proxy.tunnels || !proxy.isUp) {
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const far = connect(Number(port), hostname, () => {
      proxy.made += 1;
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      far.pipe(socket).pipe(far);
    });
    far.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: Proxy = {
    port: (server.address() as AddressInfo).port,
    tunnels: false,
    asked: 0,
    made: 0,
    isUp: true,
    cut: () => server.closeAllConnections(),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;
}

describe.skipIf(chromiumPath === undefined)("a browser where WebSockets do not pass", () => {
  let house: House;
  let proxy: Proxy;
  let browser: Browser;
  let page: Page;
  const cleanups: (() => unknown)[] = [];
  const turn = (text: string): Locator => page.getByTestId("turn").filter({ hasText: text });
  const say = async (text: string): Promise<void> => {
    await page.getByTestId("composer").fill(text);
    await page.getByTestId("composer").press("Enter");
  };
  const connectionIs = (status: string): Promise<unknown> =>
    until(
      `the status ${status}`,
      async () => (await page.getByTestId("connection").getAttribute("data-status")) === status || undefined,
    );
  const stateIs = (text: string, state: string): Promise<unknown> =>
    until(`${text} is ${state}`, async () => (await turn(text).getAttribute("data-state")) === state || undefined);

  beforeAll(async () => {
    house = await openHouse();
    cleanups.push(() => house.close());
    const built = await buildPage({
      root,
      logPath: join(house.home, "page.log"),
      signal: new AbortController().signal,
    });
    if (built.state === "failed") throw new Error(`The page could not be built: ${built.why}`);
    await Promise.all([house.start("orchestrator"), house.start("gateway")]);
    proxy = await openProxy();
    cleanups.push(() => proxy.close());
    browser = await openBrowser([`--proxy-server=http://127.0.0.1:${proxy.port}`, "--proxy-bypass-list=<-loopback>"]);
    cleanups.push(() => browser.close());
    page = await (await browser.newContext()).newPage();
    await page.clock.install();
    await page.goto(`${house.url}/#token=${house.token}`);
  });
  afterAll(async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  });

  test("[G63] it talks over plain HTTP, and comes to the same end", async () => {
    await connectionIs("open");
    expect([proxy.asked > 0, proxy.made]).toEqual([true, 0]);
    await say("Create a garden page");
    await stateIs("Create a garden page", "accepted");
    await page.getByTestId("task").filter({ hasText: "Garden page" }).first().waitFor();
  });

  test("[G63][G26] a draft is read while it is typed, as over a WebSocket", async () => {
    await page.getByTestId("preview").check();
    await page.getByTestId("composer").fill("Create a lighthouse page");
    await page.getByText("Lighthouse page").first().waitFor();
    await page.getByTestId("composer").fill("");
    await page.getByTestId("preview").uncheck();
    expect(proxy.made).toBe(0);
  });

  test("[G63][G85][G87] what may be said next stands under the newest turn", async () => {
    const next = page.getByTestId("next");
    // A machine that is busy suggests nothing for a turn; the next one comes soon.
    await until("a suggestion", async () => {
      for (const text of ["create a task to paint the fence", "show my tasks"]) await say(text);
      return next.waitFor({ timeout: 2000 }).then(
        () => true,
        () => undefined,
      );
    });
    const turns = await page.getByTestId("turn").count();
    await next.getByRole("button").first().click();
    await page.getByTestId("turn").nth(turns).waitFor();
    expect(proxy.made).toBe(0);
  });

  test("[G63][G28] that the orchestrator is gone, and is there again, is told at once", async () => {
    const back = (state: string): Promise<unknown> =>
      until(
        `the back is ${state}`,
        async () => (await page.getByTestId("connection").getAttribute("data-back")) === state || undefined,
      );
    await back("there");
    await house.kill("orchestrator");
    await back("away");
    await house.start("orchestrator");
    await back("there");
    expect(proxy.made).toBe(0);
  });

  test("[G63] what is said while nothing passes is kept over a reload, and said once", async () => {
    proxy.isUp = false;
    proxy.cut();
    await until(
      "the page notices",
      async () => (await page.getByTestId("connection").getAttribute("data-status")) !== "open" || undefined,
    );
    await say("Create an orchard page");
    await turn("Create an orchard page").waitFor();
    proxy.isUp = true;
    await page.reload();
    await connectionIs("open");
    await stateIs("Create an orchard page", "accepted");
    expect(proxy.made).toBe(0);
    const tasks = (await readLog(house)).flatMap(({ line }) => {
      const event = parseEvent(line);
      const isIt = event.ok && event.value.op === "task_described" && event.value.title === "Orchard page";
      return isIt ? [event.value.task_id] : [];
    });
    expect(new Set(tasks).size).toBe(1);
    expect(await turn("Create an orchard page").count()).toBe(1);
    expect(await page.getByTestId("task").filter({ hasText: "Garden page" }).count()).toBe(1);
  });

  test("[G63] when tunnels pass it goes back to the WebSocket by itself, and misses nothing", async () => {
    proxy.tunnels = true;
    await page.clock.fastForward(61_000);
    await until("a tunnel", () => proxy.made > 0 || undefined);
    await until("the second tunnel, the one that stays", () => proxy.made > 1 || undefined);
    await connectionIs("open");
    await say("Create a meadow page");
    await stateIs("Create a meadow page", "accepted");
    expect(await page.getByTestId("task").filter({ hasText: /page/ }).count()).toBe(3);
  });
});
