import type { DoorAnswer } from "@kingly/door";
import type { Servers } from "@kingly/mcp-batcher/servers";
import type { Back } from "./back.ts";
import type { Foresight } from "./predictions/open-foresight.ts";

/** Writes what the back measures of itself, in Prometheus' text form. prom-client is loaded at the first scrape. */
export async function metricsText(
  { back, servers, foresight }: { readonly back: Back; readonly servers: Servers; readonly foresight: Foresight },
  connections: () => number,
): Promise<DoorAnswer> {
  const prom = await import("prom-client");
  const registry = new prom.Registry();
  const gauge = (
    name: string,
    help: string,
    labelName: string,
    values: readonly (readonly [string, number])[],
  ): void => {
    const metric = new prom.Gauge({ name, help, labelNames: [labelName], registers: [registry] });
    for (const [label, value] of values) metric.set({ [labelName]: label }, value);
  };
  gauge("kingly_jobs", "Jobs by status.", "status", Object.entries(back.queue.counts()));
  gauge(
    "kingly_log_head",
    "Newest event by workspace.",
    "workspace",
    back.store.workspaces.list().map((row) => [row.id, row.headSeq]),
  );
  gauge(
    "kingly_mcp_ready",
    "Whether an MCP server is ready.",
    "server",
    servers.states().map((state) => [state.name, state.status === "ready" ? 1 : 0]),
  );
  const { cache, ...operations } = back.batcher.stats();
  gauge("kingly_mcp_operations", "MCP operations by place.", "place", Object.entries(operations));
  gauge("kingly_mcp_cache", "Answers of MCP servers that are used again.", "what", Object.entries(cache));
  const caches = Object.entries(back.contexts.counts());
  for (const [name, help, of] of [
    ["kingly_cache_hit_count", "What a cache had already.", "hits"],
    ["kingly_cache_miss_count", "What a cache did not have, or no more.", "misses"],
    ["kingly_cache_dropped_count", "What a cache let go because something had happened to it.", "dropped"],
  ] as const) {
    gauge(
      name,
      help,
      "cache",
      caches.map(([cache, counts]) => [cache, counts[of]]),
    );
  }
  const { predictions, prefetch } = foresight.stats();
  gauge("kingly_predictions", "What may be said next.", "what", Object.entries(predictions));
  gauge("kingly_prefetch", "What was loaded before it was asked for.", "what", Object.entries(prefetch));
  const brains = back.mind.brains.states();
  const ofBrains = (help: string, name: string, value: (brain: (typeof brains)[number]) => number): void =>
    gauge(
      name,
      help,
      "model",
      brains.map((brain) => [brain.name, value(brain)]),
    );
  if (brains.length > 0) {
    ofBrains("Whether a back model may be asked.", "kingly_model_closed", ({ breaker }) =>
      breaker === "closed" ? 1 : 0,
    );
    ofBrains("Answers of a back model today (UTC).", "kingly_model_answers_today", (brain) => brain.answersToday);
    ofBrains("Tokens of a back model today (UTC).", "kingly_model_tokens_today", (brain) => brain.tokensToday);
    ofBrains("US dollars of a back model today (UTC).", "kingly_model_usd_today", (brain) => brain.usdToday);
  }
  gauge("kingly_link_connections", "Open links of gateways.", "app", [["orchestrator", connections()]]);
  gauge("process_resident_memory_bytes", "Memory of the process.", "app", [
    ["orchestrator", process.memoryUsage.rss()],
  ]);
  return { status: 200, text: await registry.metrics(), contentType: registry.contentType };
}
