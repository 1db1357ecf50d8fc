import { expect, test } from "vitest";
import { noHouseNews, readHouseNews } from "../page/src/house-news.ts";

test("[G33] the page reads who thinks, what is not well and why, and passes over what it does not know", () => {
  const checks = [
    { name: "gateway journal", ok: true },
    { name: "front model", ok: true, optional: true, detail: "claude-haiku-5-5, breaker closed" },
    { name: "link", ok: true },
    { name: "planner rules", ok: true },
    { name: "model sonnet", ok: true, optional: true, why: "anthropic claude-sonnet-5-5" },
    { name: "model away", ok: false, optional: true, why: "It failed too often." },
    { name: "mcp files", ok: false, optional: true, why: "Its program was not found. Install it." },
    { name: 7, ok: true },
    { name: "half" },
    null,
  ];
  const news = readHouseNews({ ready: true, checks });
  expect(news.mind).toBe("claude-haiku-5-5, breaker closed and sonnet and rules");
  expect(news.whyBackIsAway).toBeUndefined();
  expect(news.parts.map(({ name }) => name)).toEqual([
    "gateway journal",
    "front model",
    "link",
    "planner rules",
    "model sonnet",
    "model away",
    "mcp files",
  ]);
  expect(news.parts.at(-1)).toEqual({
    name: "mcp files",
    isWell: false,
    text: "Its program was not found. Install it.",
  });
});

test("[G33] an orchestrator that is away is told with its reason, and nonsense is nothing", () => {
  expect(readHouseNews({ checks: [{ name: "link", ok: false, why: "It is not reached." }] })).toMatchObject({
    mind: undefined,
    whyBackIsAway: "It is not reached.",
  });
  expect(readHouseNews({ checks: [{ name: "link", ok: false }] }).whyBackIsAway).toBe(
    "The orchestrator is not reached.",
  );
  for (const answer of [undefined, null, 7, "text", { checks: {} }]) expect(readHouseNews(answer)).toEqual(noHouseNews);
});
