// What 1,000 sockets that never read cost the gateway, and what the others notice: rounds without and with them.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { formatEvent } from "@kingly/codec";
import { startHostileBack } from "../../e2e/hostile-back.ts";
import { cpuBetween, readProcessCpu } from "../reply/process-cpu.ts";
import { freePort, startProcess } from "../reply/started-process.ts";
import { openTalkers } from "./talkers.ts";

const { values } = parseArgs({
  options: {
    readers: { type: "string", default: "1000" },
    talkers: { type: "string", default: "50" },
    rounds: { type: "string", default: "12" },
    seconds: { type: "string", default: "2" },
  },
});
const readers = Number(values.readers);
const rounds = Number(values.rounds);
const megabyte = 1_048_576;

// The kernel keeps up to megabytes for each socket of this machine, and a reader that does not read fills those first.
// In a network of its own its buffers are small: what is measured is the gateway's part.
const small =
  'ip link set lo up && sysctl -qw net.ipv4.tcp_wmem="4096 16384 65536" net.ipv4.tcp_rmem="4096 16384 65536"';
const isApart = process.env["KINGLY_BENCH_APART"] === "1";
if (!isApart && spawnSync("unshare", ["-rn", "sh", "-c", small]).status === 0) {
  const again = spawnSync(
    "unshare",
    ["-rn", "sh", "-c", `${small} && exec "$0" "$@"`, process.execPath, ...process.argv.slice(1)],
    { stdio: "inherit", env: { ...process.env, KINGLY_BENCH_APART: "1" } },
  );
  process.exit(again.status ?? 1);
}

const folder = mkdtempSync(join(tmpdir(), "kingly-bench-slow-"));
const [gatewayPort, orchestratorPort] = [await freePort(), await freePort()];
const token = "a-token-for-the-bench-of-slow-readers";
const back = await startHostileBack(orchestratorPort);
// A log that is far larger than what is held for one reader: 2,000 events of a kilobyte.
const line = (n: number): string =>
  formatEvent({ op: "context_loaded", context_id: `c${n}`, summary: "x".repeat(1_000) });
back.tell(Array.from({ length: 2_000 }, (_, n) => line(n)));
const gateway = await startProcess(join(import.meta.dirname, "../../apps/gateway/src/main.ts"), {
  cwd: folder,
  logPath: join(folder, "gateway.log"),
  env: {
    KINGLY_HOME: join(folder, "home"),
    KINGLY_GATEWAY_PORT: String(gatewayPort),
    KINGLY_ORCHESTRATOR_PORT: String(orchestratorPort),
    KINGLY_TOKEN: token,
    KINGLY_LOG: "error",
  },
});

const rssBytes = (): number => {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${gateway.pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) * 1024;
};
const linksOpen = async (): Promise<number> => {
  const response = await fetch(`http://127.0.0.1:${gatewayPort}/metrics`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return Number(/^kingly_link_connections(?:{[^}]*})? (\d+)/m.exec(await response.text())?.[1] ?? Number.NaN);
};
const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
const percentile = (numbers: readonly number[], part: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * part)] ?? 0;
const openReaders = (): ReturnType<typeof startProcess> =>
  startProcess(join(import.meta.dirname, "readers.ts"), {
    parameters: [String(gatewayPort), token, String(readers)],
    cwd: folder,
    logPath: join(folder, "readers.log"),
  });

let exitCode = 0;
try {
  const talkers = await openTalkers(`ws://127.0.0.1:${gatewayPort}`, token, Number(values.talkers));
  let told = 0;
  const telling = setInterval(() => back.tell([line(2_000 + (told += 1))]), 50);
  const forMs = Number(values.seconds) * 1000;
  await talkers.talk(2_000);

  const without: number[] = [];
  const withThem: number[] = [];
  const p99s: { without: number; withThem: number }[] = [];
  const cpus: { without: number; withThem: number }[] = [];
  const grown: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const cpu0 = readProcessCpu(gateway.pid);
    const alone = await talkers.talk(forMs);
    const cpu1 = readProcessCpu(gateway.pid);
    const before = rssBytes();
    const crowd = await openReaders();
    await sleep(1_000);
    const links = await linksOpen();
    let most = 0;
    const looking = setInterval(() => (most = Math.max(most, rssBytes())), 50);
    const cpu2 = readProcessCpu(gateway.pid);
    const beside = await talkers.talk(forMs);
    const cpu3 = readProcessCpu(gateway.pid);
    clearInterval(looking);
    cpus.push({
      without: (cpuBetween(cpu0, cpu1)?.mainUs ?? 0) / alone.length,
      withThem: (cpuBetween(cpu2, cpu3)?.mainUs ?? 0) / beside.length,
    });
    await crowd.stop();
    without.push(percentile(alone, 0.5));
    withThem.push(percentile(beside, 0.5));
    p99s.push({ without: percentile(alone, 0.99), withThem: percentile(beside, 0.99) });
    grown.push((most - before) / megabyte);
    console.log(
      `round ${round}: p50 ${without.at(-1)?.toFixed(3)} ms without, ${withThem.at(-1)?.toFixed(3)} ms with ${links} links; memory +${grown.at(-1)?.toFixed(1)} MB`,
    );
    await sleep(1_500);
  }

  const crowd = await openReaders();
  const startedAt = performance.now();
  let left = await linksOpen();
  while (left > Number(values.talkers) && performance.now() - startedAt < 30_000) {
    await sleep(250);
    left = await linksOpen();
  }
  const closedAfterS = (performance.now() - startedAt) / 1000;
  await crowd.stop();
  clearInterval(telling);
  talkers.close();

  const ratio = median(without.map((alone, at) => (withThem[at] ?? 0) / alone));
  const capMb = (readers * 65_536) / megabyte;
  const mostMb = Math.max(...grown);
  console.log(
    `\n${readers} readers that never read, ${values.talkers} people at 10/s, ${rounds} rounds of ${values.seconds} s each way`,
  );
  console.log(`kernel buffers  ${isApart ? "64 KB per socket (a network of its own)" : "those of this machine"}`);
  console.log(
    `p50 of a reply  ${median(without).toFixed(3)} ms without, ${median(withThem).toFixed(3)} ms with: x ${ratio.toFixed(2)} (median of rounds; at most 1.20)`,
  );
  console.log(
    `p99 of a reply  ${median(p99s.map((one) => one.without)).toFixed(2)} ms without, ${median(p99s.map((one) => one.withThem)).toFixed(2)} ms with`,
  );
  console.log(
    `CPU of the main thread per message  ${median(cpus.map((one) => one.without)).toFixed(0)} us without, ${median(cpus.map((one) => one.withThem)).toFixed(0)} us with`,
  );
  console.log(`memory          +${mostMb.toFixed(1)} MB at most (caps ${capMb.toFixed(1)} MB + 64 MB)`);
  console.log(
    `closed          ${left <= Number(values.talkers) ? `all, ${closedAfterS.toFixed(1)} s after they came` : `${left} links are still open after 30 s`}`,
  );
  if (ratio > 1.2 || mostMb > capMb + 64 || left > Number(values.talkers)) exitCode = 1;
  console.log(exitCode === 0 ? "kept" : "MISSED");
} finally {
  await gateway.stop();
  await back.close().catch(() => {});
  rmSync(folder, { recursive: true, force: true });
}
process.exit(exitCode);
