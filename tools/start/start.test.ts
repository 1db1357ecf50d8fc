import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { buildPage, findReason, pageFolder, pageIsFresh } from "./build-page.ts";
import { createLineSplitter } from "./create-line-splitter.ts";
import { createLogFile } from "./create-log-file.ts";
import { describeEnd } from "./describe-end.ts";
import { hashPageInputs, pageInputs } from "./hash-page-inputs.ts";
import { keepPage } from "./keep-page.ts";
import { nextDelayMs } from "./next-delay-ms.ts";
import { packagesOfApps } from "./packages-of-apps.ts";
import { parseFlags } from "./parse-flags.ts";
import { toVisible } from "./terminal.ts";
import { importsOf, list, read } from "../gates/house.ts";

const root = join(import.meta.dirname, "../..");
const folders: string[] = [];
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kingly-start-"));
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe("flags", () => {
  test("nothing said: the page is built, nothing is watched", () => {
    expect(parseFlags([])).toEqual({ ok: true, flags: { help: false, watch: false, page: true } });
  });
  test("a separator that a package manager handed on does not count", () => {
    expect(parseFlags(["--", "--watch", "--no-page"])).toMatchObject({ ok: true, flags: { watch: true, page: false } });
  });
  test.each([["--wach"], ["help"], ["--watch=yes"]])("%s is refused by its name", (arg) => {
    expect(parseFlags([arg])).toEqual({ ok: false, message: expect.stringContaining(arg) });
  });
});

test("a dead app waits 250 ms, twice as long each time, 10 s at most, and 250 ms again after 30 s of life", () => {
  const delays = [0];
  for (let death = 0; death < 8; death += 1) delays.push(nextDelayMs(delays.at(-1) ?? 0, 100));
  expect(delays.slice(1)).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  expect(nextDelayMs(10_000, 29_999)).toBe(10_000);
  expect(nextDelayMs(10_000, 30_000)).toBe(250);
});

describe("a log file", () => {
  test("appends to what is there, and keeps one older file at the bound", () => {
    const path = join(makeFolder(), "app.log");
    writeFileSync(path, "earlier\n");
    const log = createLogFile(path, { maxBytes: 20, onFailure: (message) => expect.unreachable(message) });
    log.append("0123456789\n");
    expect(readFileSync(path, "utf8")).toBe("earlier\n0123456789\n");
    log.append("next\n");
    expect(readFileSync(path, "utf8")).toBe("next\n");
    expect(readFileSync(`${path}.1`, "utf8")).toBe("earlier\n0123456789\n");
    log.append("x".repeat(50));
    log.append("last");
    expect(readFileSync(path, "utf8")).toBe("last");
    expect(readdirSync(join(path, "..")).toSorted()).toEqual(["app.log", "app.log.1"]);
  });

  test("that cannot be written is told once and ends nothing", () => {
    const said: string[] = [];
    const log = createLogFile(join(makeFolder(), "missing/app.log"), { onFailure: (message) => said.push(message) });
    log.append("one");
    log.append("two");
    expect(said).toEqual([expect.stringContaining("ENOENT")]);
  });
});

describe("what an app says", () => {
  test("comes as lines, however it was cut; a letter of two bytes too", () => {
    const lines: string[] = [];
    const splitter = createLineSplitter((line) => lines.push(line));
    for (const byte of Buffer.from("eins\r\nzwölf\n\nrest")) splitter.push(Buffer.from([byte]));
    expect(lines).toEqual(["eins", "zwölf", ""]);
    splitter.end();
    expect(lines).toEqual(["eins", "zwölf", "", "rest"]);
  });

  test("without an end of line comes in bounded pieces", () => {
    const lines: string[] = [];
    const splitter = createLineSplitter((line) => lines.push(line), 4);
    splitter.push(Buffer.from("abcdefghij\nk\n"));
    expect(lines).toEqual(["abcd", "efgh", "ij", "k"]);
  });

  test("never steers the terminal", () => {
    expect(toVisible("\u001B[31mred\u001B[0m\u0007\u001B]0;title\u0007 \u202Eevil")).toBe("red ]0;title   evil");
  });
});

describe("why an app ended", () => {
  test("is its signal", () => {
    expect(describeEnd({ code: null, signal: "SIGKILL", lastLines: ["Error: old"] })).toBe("killed by SIGKILL");
  });
  test("is its error, without the stack", () => {
    const lastLines = [
      "file:///srv/kingly/apps/gateway/src/main.ts:3",
      "throw new TypeError('no journal')",
      "      ^",
      "",
      "TypeError: no journal",
      "    at file:///srv/kingly/apps/gateway/src/main.ts:3:7",
      "",
      "Node.js v24.21.0",
    ];
    expect(describeEnd({ code: 1, signal: null, lastLines })).toBe("exit code 1: TypeError: no journal");
  });
  test("is its code when it said nothing", () => {
    expect(describeEnd({ code: 3, signal: null, lastLines: [] })).toBe("exit code 3");
  });
});

test("an app starts again for a package that it uses through another one", () => {
  const packages = packagesOfApps(root, ["gateway", "orchestrator"]);
  expect([...(packages.get("gateway") ?? [])]).toEqual(expect.arrayContaining(["reflex", "codec", "runtime"]));
  expect(packages.get("gateway")?.has("store")).toBe(false);
  expect(packages.get("orchestrator")?.has("store")).toBe(true);
});

describe("the page", () => {
  /** A repository with a page of one script; the builder is the real one. */
  function makeRepository(script = "document.title = 'first';"): string {
    const folder = makeFolder();
    const gateway = join(folder, "apps/gateway");
    mkdirSync(join(gateway, "page/src"), { recursive: true });
    symlinkSync(join(root, "apps/gateway/node_modules"), join(gateway, "node_modules"), "junction");
    writeFileSync(join(gateway, "package.json"), '{ "type": "module" }');
    writeFileSync(join(gateway, "page/index.html"), '<script type="module" src="/src/main.ts"></script>');
    writeFileSync(join(gateway, "page/src/main.ts"), script);
    return folder;
  }
  const build = (folder: string): ReturnType<typeof buildPage> =>
    buildPage({ root: folder, logPath: join(folder, "page.log"), signal: new AbortController().signal });
  const built = (folder: string): string => {
    const html = readFileSync(join(pageFolder(folder), "index.html"), "utf8");
    const script = /src="\/(assets\/[^"]+)"/.exec(html)?.[1] ?? "missing";
    return readFileSync(join(pageFolder(folder), script), "utf8");
  };
  const write = (folder: string, script: string): void =>
    writeFileSync(join(folder, "apps/gateway/page/src/main.ts"), script);

  test("is built when it is missing, is left alone when fresh, and built again when a source changed", async () => {
    const folder = makeRepository();
    expect(pageIsFresh(folder)).toBe(false);
    expect(await build(folder)).toEqual({ state: "built" });
    expect(built(folder)).toContain("first");
    expect(await build(folder)).toEqual({ state: "fresh" });
    write(folder, "document.title = 'second';");
    expect(pageIsFresh(folder)).toBe(false);
    expect(await build(folder)).toEqual({ state: "built" });
    expect(built(folder)).toContain("second");
    expect(readdirSync(join(folder, "apps/gateway/dist"))).toEqual(["page"]);
  });

  test("that cannot be built is told with the reason, and the one before stays", async () => {
    const folder = makeRepository();
    await build(folder);
    write(folder, "import './nowhere.css';");
    expect(await build(folder)).toEqual({ state: "failed", why: expect.stringContaining("nowhere.css") });
    expect(built(folder)).toContain("first");
    expect(pageIsFresh(folder)).toBe(false);
    expect(readFileSync(join(folder, "page.log"), "utf8")).toContain("nowhere.css");
    expect(readdirSync(join(folder, "apps/gateway/dist"))).toEqual(["page"]);
  });

  test("that cannot be built is told in one sentence, and the start goes on", async () => {
    const folder = makeRepository("import './nowhere.css';");
    const said: string[] = [];
    const say = (text: string): void => void said.push(text);
    const terminal = {
      title: say,
      note: say,
      problem: say,
      fact: (name: string, text: string) => say(`${name} ${text}`),
    };
    const page = keepPage({ root: folder, runPath: folder, terminal, tellsEach: false });
    page.renew();
    await page.settled();
    expect(said).toEqual(["page is being built", expect.stringMatching(/nowhere\.css.*HTTP routes work without it/)]);
  });

  test("is whole whoever looks while it is built by two at once", async () => {
    const folder = makeRepository();
    const other = join(makeFolder(), "build.ts");
    writeFileSync(
      other,
      `import { buildPage } from ${JSON.stringify(join(import.meta.dirname, "build-page.ts"))};
       const outcome = await buildPage({ root: ${JSON.stringify(folder)}, logPath: ${JSON.stringify(join(folder, "other.log"))}, signal: new AbortController().signal });
       console.log(outcome.state);`,
    );
    const inAnother = new Promise<string>((resolve, reject) => {
      execFile(process.execPath, [other], (error, out) => (error === null ? resolve(out.trim()) : reject(error)));
    });
    const outcomes = [(await build(folder)).state, await inAnother];
    for (const state of outcomes) expect(["built", "fresh"]).toContain(state);
    expect(built(folder)).toContain("first");
    expect(pageIsFresh(folder)).toBe(true);
    expect(readdirSync(join(folder, "apps/gateway/dist"))).toEqual(["page"]);
  });

  test("leaves nothing of a build whose process has died", async () => {
    const folder = makeRepository();
    const left = join(folder, "apps/gateway/dist/page-draft-2147483646-new");
    mkdirSync(left, { recursive: true });
    await build(folder);
    expect(existsSync(left)).toBe(false);
  });

  test("depends on names and bytes of its sources, not on hidden files", () => {
    const folder = makeRepository();
    const before = hashPageInputs(folder);
    writeFileSync(join(folder, "apps/gateway/page/src/.main.ts.swp"), "draft");
    expect(hashPageInputs(folder)).toBe(before);
    writeFileSync(join(folder, "apps/gateway/page/src/other.ts"), "");
    expect(hashPageInputs(folder)).not.toBe(before);
  });

  test("every source that the real page is made of is one of its inputs", () => {
    const inside = (path: string): boolean =>
      pageInputs.some((input) => path === input || path.startsWith(`${input}/`));
    const seen = new Set<string>();
    const outside: string[] = [];
    const follow = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      if (!inside(file)) outside.push(file);
      if (!/\.tsx?$/.test(file)) return;
      for (const specifier of importsOf(read(file))) {
        const room = /^@kingly\/([a-z-]+)/.exec(specifier)?.[1];
        if (specifier.startsWith(".")) follow(join(file, "..", specifier).replaceAll("\\", "/"));
        else if (room !== undefined) for (const source of list(`packages/${room}/src/**/*.ts`)) follow(source);
      }
    };
    for (const file of list("apps/gateway/page/src/**/*.{ts,tsx}")) follow(file);
    expect(seen.size).toBeGreaterThan(20);
    expect(outside).toEqual([]);
  });

  test("a failed build gives the line that says why", () => {
    expect(
      findReason(
        "vite v8\n✗ Build failed in 29ms\nerror during build:\n\u001B[31m[X] Could not resolve './a.css'\n",
        1,
      ),
    ).toBe("[X] Could not resolve './a.css'");
    expect(findReason("", 137)).toBe("exit code 137");
  });
});
