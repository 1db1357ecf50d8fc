import { createHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import type { FrontModelState } from "./front-model/front-model-state.ts";
import type { RateLimits } from "./limits/rate-limits.ts";
import type { TurnBudget } from "./limits/turn-budget.ts";
import type { CacheCounts } from "./reply-cache.ts";
import type { Snapshots } from "./snapshots.ts";
import type { Workspaces } from "./workspaces.ts";

/** What the gateway measures of itself. Recording costs well under a microsecond; text is made when asked for. */
export interface Metrics {
  heard(tookMs: number): void;
  recorded(tookMs: number): void;
  /** Writes everything in Prometheus' text form. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** What is read of the event loop: nanoseconds between two of its samples. */
export type LoopSamples = Pick<ReturnType<typeof monitorEventLoopDelay>, "count" | "max" | "percentile" | "reset">;

/** Creates the gateway's metrics. The delay of the event loop is told from scrape to scrape. [G40] */
export function createMetrics(
  workspaces: Pick<Workspaces, "all">,
  connections: () => number,
  more: {
    readonly rates: Pick<RateLimits, "refused">;
    readonly budget: Pick<TurnBudget, "refused">;
    readonly snapshots: Pick<Snapshots, "counts">;
    frontModel?(): FrontModelState | undefined;
  },
  loop: LoopSamples = watchLoop(),
): Metrics {
  const heard = createHistogram({ figures: 3 });
  const recorded = createHistogram({ figures: 3 });
  // Histograms of perf_hooks take whole numbers from 1: microseconds.
  const record = (histogram: typeof heard, tookMs: number): void =>
    histogram.record(Math.max(1, Math.round(tookMs * 1000)));
  return {
    heard: (tookMs) => record(heard, tookMs),
    recorded: (tookMs) => record(recorded, tookMs),
    async text() {
      // prom-client takes 20 ms to load; nobody waits for it before the first scrape.
      const prom = await import("prom-client");
      const registry = new prom.Registry();
      const gauge = (name: string, help: string, value: number, labels: Record<string, string> = {}): void => {
        const known = registry.getSingleMetric(name);
        const metric =
          known instanceof prom.Gauge
            ? known
            : new prom.Gauge({ name, help, labelNames: Object.keys(labels), registers: [registry] });
        metric.set(labels, value);
      };
      for (const [stage, histogram] of [
        ["heard", heard],
        ["recorded", recorded],
      ] as const) {
        gauge("kingly_reply_count", "Replies given.", histogram.count, { stage });
        for (const quantile of [50, 99, 99.9]) {
          const seconds = histogram.count === 0 ? 0 : histogram.percentile(quantile) / 1e6;
          gauge("kingly_reply_seconds", "Time to the reply inside the gateway.", seconds, {
            stage,
            quantile: String(quantile / 100),
          });
        }
      }
      const [p99, max] = [loop.percentile(99), loop.max].map((ns) => (loop.count === 0 ? 0 : delaySeconds(ns)));
      loop.reset();
      gauge("kingly_event_loop_delay_p99_seconds", "Delay of the event loop since the last scrape.", p99 ?? 0);
      gauge("kingly_event_loop_delay_max_seconds", "The longest delay since the last scrape.", max ?? 0);
      gauge("kingly_link_connections", "Open links of pages and programs.", connections());
      for (const [kind, count] of Object.entries(more.rates.refused())) {
        gauge("kingly_rate_limited_count", "What was refused because it came too often.", count, { kind });
      }
      const front = more.frontModel?.();
      if (front?.name !== undefined) {
        const isAsked = front.state === "ready" && front.breaker?.state !== "open";
        const labels = { model: front.name, breaker: front.breaker?.state ?? "none" };
        gauge("kingly_front_model_asked", "Whether the front model is asked now.", isAsked ? 1 : 0, labels);
      }
      gauge("kingly_overload_refused_count", "What was turned away while too much was said.", more.budget.refused());
      const caches: Record<string, CacheCounts> = { snapshots: more.snapshots.counts() };
      for (const workspace of workspaces.all()) {
        for (const [cache, { hits, misses }] of Object.entries(workspace.caches())) {
          const before = caches[cache] ?? { hits: 0, misses: 0 };
          caches[cache] = { hits: before.hits + hits, misses: before.misses + misses };
        }
      }
      for (const [cache, { hits, misses }] of Object.entries(caches)) {
        gauge("kingly_cache_hit_count", "What a cache had already.", hits, { cache });
        gauge("kingly_cache_miss_count", "What a cache did not have.", misses, { cache });
      }
      for (const workspace of workspaces.all()) {
        const labels = { workspace: workspace.id };
        gauge(
          "kingly_back_connected",
          "Whether the orchestrator is reached.",
          workspace.backConnected() ? 1 : 0,
          labels,
        );
        gauge(
          "kingly_waiting_commands",
          "Commands that wait for the orchestrator.",
          workspace.waitingForBack(),
          labels,
        );
        gauge("kingly_waiting_bytes", "Bytes of the commands that wait.", workspace.waitingBytes(), labels);
        for (const [what, count] of Object.entries(workspace.suggestions.counts())) {
          gauge("kingly_suggestions", "What may be said next: told to a page, and taken.", count, { ...labels, what });
        }
        gauge("kingly_log_head", "Newest event of the workspace.", workspace.eventLog.position().head, labels);
      }
      gauge("process_resident_memory_bytes", "Memory of the process.", process.memoryUsage.rss());
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

const sampleMs = 5;

function watchLoop(): LoopSamples {
  const loop = monitorEventLoopDelay({ resolution: sampleMs });
  loop.enable();
  return loop;
}

// A sample is the time from one timer to the next: what is more than the timer's own time is the delay.
function delaySeconds(sampleNs: number): number {
  return Math.max(0, sampleNs / 1e9 - sampleMs / 1000);
}
