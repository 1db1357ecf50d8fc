import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  claimProcess,
  openHome,
  prepareHome,
  processIsAlive,
  readConfigFile,
  readToken,
  resolveHome,
} from "../src/index.ts";
import type { Home, ProcessClaim, TokenReading } from "../src/index.ts";

let folder: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kingly-home-"));
  children = [];
});
afterEach(async () => {
  await Promise.all(
    children.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }),
  );
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

const isRoot = process.getuid?.() === 0;
/** Whether we can become somebody else: root can, the root of a user namespace cannot. */
const mayBeNobody = isRoot && canBeNobody();
function canBeNobody(): boolean {
  try {
    process.seteuid?.(65_534);
    process.seteuid?.(0);
    return true;
  } catch {
    return false;
  }
}
const hasProc = existsSync("/proc/self/stat");
const modeOf = (path: string): number => statSync(path).mode & 0o777;
const prepared = (name = "home"): Home => {
  const home = resolveHome({ KINGLY_HOME: join(folder, name) }, folder);
  expect(prepareHome(home)).toEqual({ ok: true });
  return home;
};
const start = (command: string, args: readonly string[]): ChildProcess => {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  return child;
};
const deadPid = async (): Promise<number> => {
  const child = start(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return Number(child.pid);
};
/** Starts `count` processes that all get an order at once and give their answers in order of start. */
const crowd = (count: number): (<Answer>(order: string) => Promise<Answer[]>) => {
  const members = Array.from({ length: count }, () => {
    const child = start(process.execPath, [join(import.meta.dirname, "child.ts")]);
    if (child.stdin === null || child.stdout === null) throw new Error("a child without pipes");
    return { stdin: child.stdin, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  return (order) => {
    for (const member of members) member.stdin.write(`${order}\n`);
    return Promise.all(members.map(async (member) => JSON.parse(String((await member.lines.next()).value))));
  };
};
/** Runs work as a user without rights; root may write everywhere. */
const asNobody = <Result>(work: () => Result): Result => {
  if (!isRoot) return work();
  process.seteuid?.(65_534);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
};

describe("where it is", () => {
  test("[H1] defaults, and a relative home starts at the working folder", () => {
    expect(resolveHome({ KINGLY_HOME: "", KINGLY_DATABASE: " " }, "/srv/app")).toEqual({
      path: "/srv/app/.kingly",
      runPath: "/srv/app/.kingly/run",
      tokenPath: "/srv/app/.kingly/token",
      databasePath: "/srv/app/.kingly/kingly.db",
      gatewayPort: 7700,
      orchestratorPort: 7701,
      problems: [],
    });
    const home = resolveHome({ KINGLY_HOME: "../other", KINGLY_DATABASE: "my.db" }, "/srv/app");
    expect([home.path, home.databasePath]).toEqual(["/srv/other", "/srv/app/my.db"]);
    expect(resolveHome({ KINGLY_HOME: "/data" }, "/srv").databasePath).toBe("/data/kingly.db");
  });

  test("[H2][H4] bad ports are problems that name the setting, and leave the default", () => {
    for (const value of ["0", "65536", "-1", "7700.5", "1e3", "0x1f", "http", "٧٧"]) {
      const home = resolveHome({ KINGLY_GATEWAY_PORT: value }, "/");
      expect(home.gatewayPort).toBe(7700);
      expect(home.problems).toMatchObject([{ code: "bad_port", setting: "KINGLY_GATEWAY_PORT" }]);
      expect(home.problems[0]?.message).toContain(value);
    }
    const home = resolveHome({ KINGLY_GATEWAY_PORT: "1", KINGLY_ORCHESTRATOR_PORT: " 65535 " }, "/");
    expect(home).toMatchObject({ gatewayPort: 1, orchestratorPort: 65_535, problems: [] });
    expect(resolveHome({ KINGLY_GATEWAY_PORT: "7701" }, "/").problems).toMatchObject([{ code: "ports_equal" }]);
  });

  test("[H17][H4][H15] an address beyond the loopback is a problem that says what to do, and ends the opening", () => {
    for (const value of ["0.0.0.0", "::", "::1", "*", "192.168.1.5", "kingly.example", "127.0.0.2"]) {
      const [problem] = resolveHome({ KINGLY_HOST: value }, "/").problems;
      expect(problem).toMatchObject({ code: "host_not_loopback", setting: "KINGLY_HOST" });
      expect(problem?.message).toContain(value);
      expect(problem?.message).toContain("ssh -L 7700:127.0.0.1:7700");
      expect(openHome({ KINGLY_HOST: value, KINGLY_HOME: "/nowhere/kingly" }, "/", "gateway")).toMatchObject({
        ok: false,
        code: "host_not_loopback",
      });
    }
    for (const value of ["127.0.0.1", "localhost", "", " "]) {
      expect(resolveHome({ KINGLY_HOST: value }, "/").problems).toEqual([]);
    }
  });

  test("[H3][H4] a database that is no file is a problem which does not repeat its password", () => {
    for (const value of ["postgres://me:secret@db/k", "PostgreSQL://me:secret@db/k", "file:///secret", ":memory:"]) {
      const home = resolveHome({ KINGLY_DATABASE: value }, "/srv");
      expect(home.problems).toMatchObject([{ code: "unsupported_database", setting: "KINGLY_DATABASE" }]);
      expect(home.problems[0]?.message).not.toContain("secret");
      expect(home.databasePath).toBe("/srv/.kingly/kingly.db");
    }
    expect(resolveHome({ KINGLY_HOME: "/a\0b" }, "/").problems).toMatchObject([{ code: "bad_path" }]);
  });
});

describe("the folder", () => {
  test("[H5] folders are created with mode 0700, again changes nothing, nothing is left behind", () => {
    const home = resolveHome({ KINGLY_HOME: join(folder, "a/home"), KINGLY_DATABASE: join(folder, "b/k.db") }, folder);
    expect(prepareHome(home)).toEqual({ ok: true });
    chmodSync(home.path, 0o755);
    chmodSync(home.runPath, 0o777);
    expect(prepareHome(home)).toEqual({ ok: true });
    expect([home.path, home.runPath, join(folder, "b")].map(modeOf)).toEqual([0o755, 0o700, 0o700]);
    expect(readdirSync(home.path)).toEqual(["run"]);
    expect([...readdirSync(home.runPath), ...readdirSync(join(folder, "b"))]).toEqual([]);
    expect(modeOf(prepared("c").path)).toBe(0o700);
  });

  test("[H6] a file in the place of a folder says what to do", () => {
    writeFileSync(join(folder, "file"), "");
    for (const path of [join(folder, "file"), join(folder, "file/below")]) {
      const result = prepareHome(resolveHome({ KINGLY_HOME: path }, folder));
      expect(result).toMatchObject({ ok: false, error: { code: "home_not_writable" } });
      if (!result.ok) expect(result.error.message).toMatch(/file.*move it away/);
    }
  });

  test.skipIf(isRoot && !mayBeNobody)(
    "[H6] a folder without the right to write, and a database that is a folder",
    () => {
      chmodSync(folder, 0o755);
      const closed = join(folder, "closed");
      mkdirSync(closed, { mode: 0o500 });
      const home = resolveHome({ KINGLY_HOME: closed }, folder);
      const result = asNobody(() => prepareHome(home));
      expect(result).toMatchObject({ ok: false, error: { code: "home_not_writable" } });
      if (!result.ok) expect(result.error.message).toMatch(/closed.*EACCES.*right to write/);
      const database = prepareHome(resolveHome({ KINGLY_DATABASE: folder }, folder));
      expect(database).toMatchObject({ ok: false, error: { code: "database_not_writable" } });
    },
  );
});

describe("the token", () => {
  test("[H7] KINGLY_TOKEN wins, is checked, and never shown", () => {
    const home = prepared();
    const token = "0123456789abcdef";
    expect(readToken(home, { KINGLY_TOKEN: token })).toEqual({
      ok: true,
      token,
      from: "environment",
      tightened: false,
    });
    expect(existsSync(home.tokenPath)).toBe(false);
    for (const [bad, code] of [
      ["secret-too-shor", "token_too_short"],
      ["secret secret secret", "token_malformed"],
      ["secret-secret-sécret", "token_malformed"],
      [`secret${"x".repeat(507)}`, "token_malformed"],
    ] as const) {
      const reading = readToken(home, { KINGLY_TOKEN: bad });
      expect(reading).toMatchObject({ ok: false, error: { code } });
      if (!reading.ok) expect(reading.error.message).not.toContain("secret");
    }
  });

  test("[H8] it is made once with mode 0600 and read from then on", () => {
    const home = prepared();
    const first = readToken(home, {});
    expect(first).toMatchObject({ ok: true, from: "created", tightened: false });
    if (!first.ok) return;
    expect(first.token).toMatch(/^[\w-]{43}$/);
    expect(modeOf(home.tokenPath)).toBe(0o600);
    expect(readToken(home, { KINGLY_TOKEN: "" })).toEqual({ ...first, from: "file" });
    expect(readToken(prepared("other"), {})).not.toMatchObject({ token: first.token });
  });

  test("[H9] eight processes that make it at once end with the same one, in fifty homes", async () => {
    const ask = crowd(8);
    for (let round = 0; round < 50; round += 1) {
      const home = prepared(`home-${round}`);
      const readings = await ask<TokenReading>(`token ${home.path}`);
      expect(new Set(readings.map((reading) => reading.ok && reading.token)).size).toBe(1);
      expect(readings.filter((reading) => reading.ok && reading.from === "created")).toHaveLength(1);
      expect(readdirSync(home.path).toSorted()).toEqual(["run", "token"]);
    }
  });

  test("[H10] a file that others may read is tightened, and said so", () => {
    const home = prepared();
    writeFileSync(home.tokenPath, "a-token-made-by-hand\n");
    chmodSync(home.tokenPath, 0o644);
    expect(readToken(home, {})).toEqual({ ok: true, token: "a-token-made-by-hand", from: "file", tightened: true });
    expect(modeOf(home.tokenPath)).toBe(0o600);
    expect(readToken(home, {})).toMatchObject({ tightened: false });
  });

  test("[H10] links, empty and damaged files are refused and left as they are", () => {
    const home = prepared();
    for (const text of ["", "short\n", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "x".repeat(4000)]) {
      writeFileSync(home.tokenPath, text, { mode: 0o600 });
      expect(readToken(home, {})).toMatchObject({ ok: false, error: { code: /^token_(malformed|too_short)$/ } });
      expect(readFileSync(home.tokenPath, "utf8")).toBe(text);
    }
    rmSync(home.tokenPath);
    symlinkSync(join(folder, "elsewhere"), home.tokenPath);
    expect(readToken(home, {})).toMatchObject({ ok: false, error: { code: "token_not_ours" } });
    rmSync(home.tokenPath);
    mkdirSync(home.tokenPath);
    expect(readToken(home, {})).toMatchObject({ ok: false, error: { code: "token_malformed" } });
  });

  test.skipIf(!mayBeNobody)("[H10] a file of another user is refused", () => {
    const home = prepared();
    chmodSync(folder, 0o755);
    chmodSync(home.path, 0o755);
    writeFileSync(home.tokenPath, "a-token-made-by-hand\n", { mode: 0o644 });
    chownSync(home.tokenPath, 12_345, 12_345);
    expect(asNobody(() => readToken(home, {}))).toMatchObject({ ok: false, error: { code: "token_not_ours" } });
  });

  test("[H8] a home that is not there is said so", () => {
    const home = resolveHome({ KINGLY_HOME: join(folder, "none") }, folder);
    expect(readToken(home, {})).toMatchObject({ ok: false, error: { code: "token_not_writable" } });
  });
});

describe("the one process", () => {
  const link = (home: Home, target: string, path = "gateway.pid"): void =>
    symlinkSync(target, join(home.runPath, path));
  const winners = (claims: readonly ProcessClaim[]): number => claims.filter((claim) => claim.ok).length;

  test("[H11][H12][H14] the pid file reads as the pid, a second claim is refused, release clears all", () => {
    const home = prepared();
    const claim = claimProcess(home, "gateway");
    expect(readFileSync(join(home.runPath, "gateway.pid"), "utf8")).toBe(`${process.pid}\n`);
    const second = claimProcess(home, "gateway");
    expect(second).toMatchObject({ ok: false, error: { code: "already_running", pid: process.pid } });
    if (!second.ok) expect(second.error.message).toContain(String(process.pid));
    const other = claimProcess(home, "orchestrator");
    expect([claim.ok, other.ok]).toEqual([true, true]);
    for (const held of [claim, other, claim]) if (held.ok) held.release();
    expect(readdirSync(home.runPath)).toEqual([]);
    expect(claimProcess(home, "../x")).toMatchObject({ ok: false, error: { code: "bad_name" } });
    rmSync(home.path, { recursive: true });
    expect(claimProcess(home, "gateway")).toMatchObject({ ok: false, error: { code: "home_not_writable" } });
  });

  test("[H11] of eight processes at once exactly one gets it, in fifty homes", async () => {
    const ask = crowd(8);
    for (let round = 0; round < 50; round += 1) {
      const home = prepared(`home-${round}`);
      const claims = await ask<ProcessClaim>(`claim ${home.path}`);
      expect(winners(claims)).toBe(1);
      const pid = Number(readFileSync(join(home.runPath, "gateway.pid"), "utf8"));
      for (const claim of claims) if (!claim.ok) expect(claim.error).toMatchObject({ code: "already_running", pid });
      expect(readdirSync(home.runPath)).toHaveLength(2);
    }
  });

  test("[H12] of eight that find a dead holder exactly one takes over, also after a death half way", async () => {
    const [one, two] = await Promise.all([deadPid(), deadPid()]);
    const ask = crowd(8);
    for (let round = 0; round < 50; round += 1) {
      const home = prepared(`home-${round}`);
      const dead = `gateway.${one}.unknown.aa.claim`;
      link(home, dead);
      if (round % 2 === 1) link(home, `gateway.${two}.unknown.bb.claim`, `${dead}.taken`);
      expect(winners(await ask<ProcessClaim>(`claim ${home.path}`))).toBe(1);
      expect(readdirSync(home.runPath)).toHaveLength(2);
    }
  });

  test("[H12] a killed process loses its claim; a plain or damaged pid file of the dead is taken over", async () => {
    const home = prepared();
    const ask = crowd(1);
    expect(winners(await ask<ProcessClaim>(`claim ${home.path}`))).toBe(1);
    const child = children[0];
    expect(claimProcess(home, "gateway")).toMatchObject({ ok: false, error: { pid: child?.pid } });
    child?.kill("SIGKILL");
    if (child !== undefined) await once(child, "exit");
    const claim = claimProcess(home, "gateway");
    expect(claim.ok).toBe(true);
    if (claim.ok) claim.release();
    expect(readdirSync(home.runPath)).toEqual([]);
    for (const text of [`${await deadPid()}\n`, "", "\0\0\0", `${process.pid}`]) {
      writeFileSync(join(home.runPath, "gateway.pid"), text);
      const taken = claimProcess(home, "gateway");
      expect(taken.ok).toBe(true);
      if (taken.ok) taken.release();
    }
    writeFileSync(join(home.runPath, "gateway.pid"), `${process.ppid}\n`);
    expect(claimProcess(home, "gateway")).toMatchObject({ ok: false, error: { pid: process.ppid } });
  });

  test.skipIf(!hasProc)("[H13] a living pid with another start is another process", () => {
    const home = prepared();
    link(home, `gateway.${process.ppid}.1_00000000.aa.claim`);
    expect(claimProcess(home, "gateway").ok).toBe(true);
    expect([processIsAlive(process.pid), processIsAlive(process.pid, "1_00000000")]).toEqual([true, false]);
  });

  test("[H13] nobody has pid 0, a negative or a broken one; the dead are dead", async () => {
    for (const pid of [0, -1, 1.5, Number.NaN, 2 ** 40]) expect(processIsAlive(pid)).toBe(false);
    expect(processIsAlive(await deadPid())).toBe(false);
    expect(processIsAlive(1)).toBe(true);
  });

  test.skipIf(!hasProc)("[H13] a zombie is dead", async () => {
    const parent = start("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 1000"]);
    if (parent.stdout === null) throw new Error("a child without pipes");
    const pid = Number((await once(parent.stdout, "data"))[0]);
    await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, "utf8")).toContain(") Z "), 10_000);
    expect(processIsAlive(pid)).toBe(false);
  });

  test("[H14] release after another process took over removes nothing", async () => {
    const home = prepared();
    const claim = claimProcess(home, "gateway");
    rmSync(join(home.runPath, "gateway.pid"));
    const ask = crowd(1);
    expect(winners(await ask<ProcessClaim>(`claim ${home.path}`))).toBe(1);
    if (claim.ok) claim.release();
    expect(readFileSync(join(home.runPath, "gateway.pid"), "utf8")).toBe(`${children[0]?.pid}\n`);
  });
});

test("[H15] openHome opens once, tells the first failure, and leaves no claim behind", () => {
  const folder = mkdtempSync(join(tmpdir(), "kingly-open-home-"));
  const env = { KINGLY_HOME: folder };
  const first = openHome(env, folder, "gateway");
  expect(first.ok && first.token.length >= 16).toBe(true);
  const second = openHome(env, folder, "gateway");
  expect(!second.ok && second.message).toMatch(/already runs/);
  if (first.ok) first.release();
  const bad = openHome({ ...env, KINGLY_GATEWAY_PORT: "none", KINGLY_TOKEN: "short" }, folder, "gateway");
  expect(!bad.ok && bad.message).toMatch(/KINGLY_GATEWAY_PORT/);
  const third = openHome(env, folder, "gateway");
  expect(third.ok).toBe(true);
  if (third.ok) third.release();
  rmSync(folder, { recursive: true });
});

test.skipIf(process.platform !== "linux")("[H6] a parent that takes no folders is refused, not waited for", () => {
  const prepared = prepareHome(resolveHome({ KINGLY_HOME: "/proc/kingly/deep" }, "/"));
  expect(prepared).toMatchObject({ ok: false, error: { code: "home_not_writable" } });
});

test("[H16] the settings file of the home wins over the working folder's; a broken one is told with its path", () => {
  const [home, cwd] = [mkdtempSync(join(tmpdir(), "kingly-config-")), mkdtempSync(join(tmpdir(), "kingly-config-"))];
  expect(readConfigFile(home, cwd)).toEqual({ ok: true });
  writeFileSync(join(cwd, "kingly.config.json"), '{"a": 1}');
  expect(readConfigFile(home, cwd)).toEqual({
    ok: true,
    file: { path: join(cwd, "kingly.config.json"), value: { a: 1 } },
  });
  writeFileSync(join(home, "kingly.config.json"), "{");
  const broken = readConfigFile(home, cwd);
  expect(!broken.ok && broken.message).toMatch(/kingly\.config\.json cannot be read \(.+\); mend it, or move it away/);
  for (const folder of [home, cwd]) rmSync(folder, { recursive: true });
});
