import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { staticFiles } from "../src/index.ts";
import { openHouse } from "./house.ts";
import type { House } from "./house.ts";

let folder: string;
let house: House;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "kingly-page-"));
  house = await openHouse(() => ({ routes: staticFiles(join(folder, "page")) }));
});
afterEach(async () => {
  await house.close();
  rmSync(folder, { recursive: true, force: true });
});
const build = (): void => {
  mkdirSync(join(folder, "page/assets/deep"), { recursive: true });
  writeFileSync(join(folder, "page/index.html"), "<!doctype html>");
};
const write = (path: string): void => writeFileSync(join(folder, path), JSON.stringify(`content of ${path}`));

test("[D17] a page that is not built says so, and one built later is seen", async () => {
  const missing = await house.ask("GET", "/");
  expect([missing.status, missing.code]).toEqual([404, "page_not_built"]);
  expect((await house.ask("GET", "/assets/a.js")).code).toBe("not_found");
  build();
  const page = await house.ask("GET", "/");
  expect([page.status, page.body, page.headers.get("content-type")]).toEqual([
    200,
    "<!doctype html>",
    "text/html; charset=utf-8",
  ]);
  expect(page.headers.get("cache-control")).toBe("no-store");
  expect((await house.ask("HEAD", "/")).headers.get("content-length")).toBe("15");
});

test("[D17] types, immutable assets and named files of the root", async () => {
  build();
  const types = {
    "app-1f.js": "text/javascript; charset=utf-8",
    "app-1f.css": "text/css; charset=utf-8",
    "a.svg": "image/svg+xml",
    "a.png": "image/png",
    "a.woff2": "font/woff2",
    "a.json": "application/json",
    "app-1f.js.map": "application/json",
    "deep/a.ico": "image/x-icon",
  };
  for (const [name, type] of Object.entries(types)) {
    write(`page/assets/${name}`);
    const reply = await house.ask("GET", `/assets/${name}`);
    expect([name, reply.status, reply.headers.get("content-type")]).toEqual([name, 200, type]);
    expect(reply.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  }
  write("page/manifest.webmanifest");
  const manifest = await house.ask("GET", "/manifest.webmanifest");
  expect([manifest.headers.get("content-type"), manifest.headers.get("cache-control")]).toEqual([
    "application/manifest+json",
    "no-store",
  ]);
  expect((await house.ask("GET", "/favicon.ico")).code).toBe("not_found");
  expect((await house.ask("GET", "/index.html")).status).toBe(401);
});

test("[D17] nothing outside the folder, nothing hidden, no folder, no unknown type", async () => {
  build();
  write("secret.json");
  write("page/other.json");
  write("page/assets/.hidden.json");
  write("page/assets/run.sh");
  write("page/assets/plain");
  mkdirSync(join(folder, "page/assets/folder.js"));
  symlinkSync(join(folder, "secret.json"), join(folder, "page/assets/link.json"));
  // Reading a pipe would wait for ever.
  execFileSync("mkfifo", [join(folder, "page/assets/pipe.js")]);
  symlinkSync(folder, join(folder, "page/assets/up"));
  const paths = ["../../secret.json", "..%2f..%2fsecret.json", "%2e%2e/other.json", "%2e%2e%2fother.json", "link.json"];
  paths.push(
    "up/secret.json",
    ".hidden.json",
    "run.sh",
    "plain",
    "folder.js",
    "deep",
    "..%5c..%5csecret.json",
    "%00.js",
  );
  paths.push(encodeURIComponent(join(folder, "secret.json")), "deep//a.json", "deep%2f%2fa.json", "none.js", "pipe.js");
  for (const path of paths) {
    const reply = await house.ask("GET", `/assets/${path}`);
    // What leaves /assets by its dots is another path, which needs a token.
    expect([path, [401, 404].includes(reply.status), reply.body.includes("content of")]).toEqual([path, true, false]);
  }
});
